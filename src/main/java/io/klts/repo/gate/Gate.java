package io.klts.repo.gate;

import io.klts.repo.blob.Parallel;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Stands between a publication and its clients. It reads what would change as the oldest client
 * would, with no code of the writers', and lets nothing through that one of them could not use.
 */
public final class Gate {

  private final Clock clock;
  private final boolean isReleaseInfoFree;

  /**
   * A gate.
   *
   * @param clock says what lies in the future
   */
  public Gate(Clock clock) {
    this(clock, false);
  }

  private Gate(Clock clock, boolean isReleaseInfoFree) {
    this.clock = clock;
    this.isReleaseInfoFree = isReleaseInfoFree;
  }

  /** The same gate, for a publication that changes the names in {@code Release} on purpose. */
  public Gate allowingReleaseInfoChange() {
    return new Gate(clock, true);
  }

  /**
   * Everything that speaks against a publication. Files that do not change are taken as good: they
   * have been here before.
   *
   * @param signed false for trees without signatures, whose rules are left out
   */
  public List<Finding> check(View view, boolean signed) throws IOException {
    Proposal proposal = new Proposal(view);
    SignatureRules signatures = new SignatureRules(proposal);
    Optional<Trust> trust = signed ? signatures.trust() : Optional.empty();
    Optional<PgpKey> primary = trust.flatMap(Trust::primary);
    List<TreeFile> packages =
        proposal.changes().values().stream()
            .filter(file -> PackageRules.isPackage(file.path()))
            .toList();
    Parallel.map(packages, file -> PackageRules.check(file.path(), file.content(), primary))
        .forEach(proposal::reportAll);
    signatures.keys();
    new RpmMdRules(proposal, signatures, trust).check();
    new AptRules(proposal, signatures, trust, clock.instant(), isReleaseInfoFree).check();
    if (trust.isPresent()) {
      new TimestampRules(proposal, signatures).check(trust.get());
    }
    new OrderRules(proposal).check();
    new DefinitionRules(proposal).check();
    return proposal.findings();
  }

  /**
   * Refuses a publication that a client could not use.
   *
   * @throws IOException with every finding
   */
  public void pass(View view, boolean signed) throws IOException {
    List<Finding> findings = check(view, signed);
    if (!findings.isEmpty()) {
      throw new IOException(
          "clients could not use this publication; docs/gate.md has the rules"
              + findings.stream().map(f -> "\n  " + f).collect(Collectors.joining()));
    }
  }
}
