package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.blob.Blob;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The rules of keys and of signatures in files of their own. */
final class SignatureRules {

  private static final String KEYS = "keys/";
  private static final String LABEL = "PGP SIGNATURE";
  private static final int LEAST_BITS = 3072;

  private final Proposal proposal;

  SignatureRules(Proposal proposal) {
    this.proposal = proposal;
  }

  /** The key of the tree, as apt finds it. */
  Optional<PgpKey> key() throws IOException {
    Optional<String> path = Optional.empty();
    for (String candidate : proposal.paths()) {
      if (candidate.startsWith(KEYS) && candidate.endsWith(".gpg")) {
        path = Optional.of(candidate);
      }
    }
    Optional<Blob> file = path.isPresent() ? proposal.file(path.get()) : Optional.empty();
    if (file.isEmpty()) {
      proposal.report(Rule.KEY_FORMS, KEYS, "a .gpg file with the key", "none");
      return Optional.empty();
    }
    try {
      return Optional.of(PgpKey.read(file.get().bytes()));
    } catch (IOException e) {
      proposal.report(Rule.KEY_FORMS, path.get(), "one binary key", e.getMessage());
      return Optional.empty();
    }
  }

  /** Both forms of each key that changes. */
  void keys() throws IOException {
    List<String> names =
        new TreeSet<>(proposal.changes().keySet())
            .stream()
                .filter(p -> p.startsWith(KEYS) && p.matches(".*\\.(asc|gpg)"))
                .map(p -> p.substring(0, p.length() - ".asc".length()))
                .distinct()
                .toList();
    for (String name : names) {
      Optional<Blob> binary = proposal.file(name + ".gpg");
      if (binary.isEmpty() || proposal.file(name + ".asc").isEmpty()) {
        proposal.report(Rule.KEY_FORMS, name, "both .gpg and .asc", "one of them");
        continue;
      }
      byte[] bytes = binary.get().bytes();
      armoredKey(Rule.KEY_FORMS, name + ".asc", bytes);
      strength(name + ".gpg", bytes);
    }
  }

  private void strength(String path, byte[] bytes) {
    PgpKey key;
    try {
      key = PgpKey.read(bytes);
    } catch (IOException e) {
      return; // key() has said so
    }
    proposal.require(
        key.algorithm() == PgpKey.RSA && key.bits() >= LEAST_BITS,
        Rule.KEY_STRENGTH,
        path,
        "RSA of " + LEAST_BITS + " bits or more",
        key.algorithm() == PgpKey.RSA
            ? key.bits() + " bits"
            : "OpenPGP algorithm " + key.algorithm());
    List<PgpSignature> own = key.selfSignatures();
    proposal.require(
        !own.isEmpty() && own.stream().allMatch(PgpSignature::isStrong),
        Rule.KEY_SELF_SIGNATURE,
        path,
        "self-signatures with SHA-256 or better",
        own.stream().map(PgpSignature::toString).collect(Collectors.joining(", ", "[", "]")));
  }

  /** A file that has the key in armor. */
  void armoredKey(Rule rule, String path, byte[] binary) throws IOException {
    String found;
    try {
      List<ArmoredBlock> blocks = ArmoredBlock.all(proposal.file(path).orElseThrow().bytes());
      if (blocks.size() == 1 && Arrays.equals(blocks.get(0).packets(), binary)) {
        return;
      }
      found = blocks.size() == 1 ? "another key" : blocks.size() + " armored blocks";
    } catch (IOException e) {
      found = e.getMessage();
    }
    proposal.report(rule, path, "the tree's key in armor", found);
  }

  /** A detached signature over a file. */
  void detached(String path, byte[] data, PgpKey key) throws IOException {
    armored(path, proposal.file(path).orElseThrow().bytes(), data, key);
  }

  /**
   * A signature and its text in one file (RFC 4880 7).
   *
   * @return the text
   */
  Optional<String> clearsigned(String path, PgpKey key) throws IOException {
    byte[] bytes = proposal.file(path).orElseThrow().bytes();
    String all = new String(bytes, UTF_8);
    String begin = "-----BEGIN PGP SIGNED MESSAGE-----\n";
    int text = all.indexOf("\n\n") + 2;
    int end = all.indexOf("\n-----BEGIN " + LABEL);
    if (!all.startsWith(begin) || text < begin.length() || end < text - 1) {
      proposal.report(Rule.SIGNATURE_FORM, path, "a clearsigned text", "something else");
      return Optional.empty();
    }
    String content = all.substring(text, end + 1).replaceAll("(?m)^- ", "");
    String canonical = content.substring(0, content.length() - 1).replace("\n", "\r\n");
    armored(path, all.substring(end + 1).getBytes(UTF_8), canonical.getBytes(UTF_8), key);
    return Optional.of(content);
  }

  private void armored(String path, byte[] armor, byte[] data, PgpKey key) {
    try {
      List<ArmoredBlock> blocks = ArmoredBlock.all(armor);
      List<Packet> packets = blocks.size() == 1 ? Packet.all(blocks.get(0).packets()) : List.of();
      if (packets.size() != 1
          || packets.get(0).tag() != Packet.SIGNATURE
          || !blocks.get(0).label().equals(LABEL)) {
        proposal.report(
            Rule.SIGNATURE_FORM,
            path,
            "one armored signature",
            blocks.size() + " blocks, " + packets.size() + " packets");
        return;
      }
      PgpSignature signature = PgpSignature.read(packets.get(0).body());
      boolean acceptable = signature.isAcceptable(key);
      proposal.require(
          acceptable && signature.isOver(data, key),
          Rule.SIGNATURE,
          path,
          PgpSignature.wanted(key),
          acceptable ? "a signature over something else" : signature.toString());
    } catch (IOException e) {
      proposal.report(Rule.SIGNATURE_FORM, path, "one armored signature", e.getMessage());
    }
  }
}
