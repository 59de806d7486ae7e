package io.klts.repo.cli;

import io.klts.repo.mirror.Depth;
import io.klts.repo.mirror.Examination;
import io.klts.repo.mirror.Health;
import io.klts.repo.mirror.Mirror;
import io.klts.repo.mirror.Mirrors;
import io.klts.repo.mirror.Problem;
import io.klts.repo.mirror.Ranking;
import io.klts.repo.mirror.Reference;
import io.klts.repo.publish.Publication;
import io.klts.repo.tree.ListedMirror;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Sends clients to the mirrors that are right. */
@Command(
    name = "lists",
    description = {
      "Looks at every mirror of mirrors.conf, and publishes lists of those that are right: for yum,"
          + " dnf, zypper and apt, and mirrors.json. The origin is the last in each. The page shows"
          + " the others, too, with what is wrong with them.",
      "Nothing is published if the lists are the same as before. Push to the mirrors afterwards."
    },
    mixinStandardHelpOptions = true)
final class MirrorListsCommand extends TreeChange {

  private List<ListedMirror> listed = List.of();

  @Override
  public Integer call() throws IOException {
    // Before the tree is locked: servers may take their time.
    Mirrors mirrors = mirrors();
    List<Mirror> candidates = mirrors.all().stream().filter(mirror -> !mirror.retired()).toList();
    List<Health> all =
        Examination.all(
            candidates, Reference.of(folder()), Depth.QUICK, Instant.now(), Optional.empty());
    List<ListedMirror> known = new ArrayList<>();
    for (Health health : Ranking.rejected(all)) {
      Problem first = health.problems().get(0);
      console().line("left out", health.mirror().name() + ": " + first);
      known.add(entry(health.mirror(), fault(first)));
    }
    for (Health health : Ranking.best(all)) {
      Mirror mirror = health.mirror();
      if (mirrors.origin().url().startsWith("https:") && !mirror.url().startsWith("https:")) {
        console()
            .line("left out", mirror.name() + ": its address is not https, as the origin's is");
      } else {
        known.add(entry(mirror, null));
        console().line("listed", mirror.name() + "  " + mirror.url());
      }
    }
    listed = known;
    return super.call();
  }

  private static ListedMirror.Fault fault(Problem worst) {
    return switch (worst.kind()) {
      case UNREACHABLE, SLOW -> ListedMirror.Fault.UNREACHABLE;
      case STALE -> ListedMirror.Fault.STALE;
      default -> ListedMirror.Fault.WRONG;
    };
  }

  private static ListedMirror entry(Mirror mirror, ListedMirror.Fault fault) {
    return new ListedMirror(
        mirror.name(),
        mirror.kind().name().toLowerCase(Locale.ROOT),
        mirror.url(),
        mirror.area().orElse(null),
        mirror.priority(),
        mirror.url() + "/" + mirror.paths().getOrDefault("rpm", "rpm"),
        mirror.url() + "/" + mirror.paths().getOrDefault("apt", "apt"),
        fault);
  }

  @Override
  Publication.Outcome apply(Publication publication) throws IOException {
    publication.list(listed);
    return publication.commit();
  }
}
