package io.klts.repo.cli;

import io.klts.repo.publish.KeyStatus;
import io.klts.repo.publish.Publication;
import io.klts.repo.signature.Finding;
import io.klts.repo.signature.KeyLint;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.tree.RetiredKey;
import io.klts.repo.tree.Rotation;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Changes the key that signs a tree, in steps between which clients have time. */
@Command(
    name = "rotate",
    description = {
      "Changes the key that signs a tree: announce, dual-sign, switch, retire.",
      "Each step is one publication; the tree remembers it, and every command goes on from there."
          + " docs/keys.md says which clients work in which step, and how long to wait."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      RotateCommand.Announce.class,
      RotateCommand.DualSign.class,
      RotateCommand.Switch.class,
      RotateCommand.Retire.class,
      RotateCommand.Cancel.class,
      RotateCommand.Status.class
    })
final class RotateCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "give one of: announce, dual-sign, switch, retire, cancel, status");
  }

  /** A step is taken and published. */
  private abstract static class Step extends TreeChange {

    abstract void take(Publication publication, Instant now) throws IOException;

    @Override
    final Publication.Outcome apply(Publication publication) throws IOException {
      take(publication, Instant.now());
      return publication.commitAll();
    }
  }

  /** The first step. */
  @Command(
      name = "announce",
      description = {
        "Publishes the next public key beside the present one, which signs alone.",
        "Without --next it goes back to this step from a later one."
      },
      mixinStandardHelpOptions = true)
  static final class Announce extends Step {

    @Option(
        names = "--next",
        paramLabel = "FILE",
        description = "The public key that is to sign in the end.")
    private Path next;

    @Override
    void take(Publication publication, Instant now) throws IOException {
      publication.announce(next == null ? Optional.empty() : Optional.of(key(now)), now);
    }

    private PublicKey key(Instant now) throws IOException {
      PublicKey key = PublicKey.load(next);
      for (Finding finding : KeyLint.check(key, now)) {
        if (finding.refuses()) {
          throw new IOException("cannot use " + next + ": " + finding);
        }
        console().warning(finding.toString());
      }
      return key;
    }
  }

  /** The second step. */
  @Command(
      name = "dual-sign",
      description = "Signs indexes with both keys; the old one stays the primary key.",
      mixinStandardHelpOptions = true)
  static final class DualSign extends Step {
    @Override
    void take(Publication publication, Instant now) throws IOException {
      publication.rotate(Rotation.Step.DUAL_SIGNED, now);
    }
  }

  /** The third step. */
  @Command(
      name = "switch",
      description = "Makes the next key the primary one; the old one still signs indexes.",
      mixinStandardHelpOptions = true)
  static final class Switch extends Step {
    @Override
    void take(Publication publication, Instant now) throws IOException {
      publication.rotate(Rotation.Step.SWITCHED, now);
    }
  }

  /** The last step. */
  @Command(
      name = "retire",
      description = {
        "Signs with the new key only. There is no way back.",
        "The old public key stays published, for the packages that it signed."
      },
      mixinStandardHelpOptions = true)
  static final class Retire extends Step {
    @Override
    void take(Publication publication, Instant now) throws IOException {
      publication.retire(now);
    }
  }

  /** The way out before the second step. */
  @Command(
      name = "cancel",
      description = "Gives up a change that was announced and no more.",
      mixinStandardHelpOptions = true)
  static final class Cancel extends Step {
    @Override
    void take(Publication publication, Instant now) throws IOException {
      publication.cancelRotation(now);
    }
  }

  /** Says how far it is. */
  @Command(
      name = "status",
      description = "Says which keys sign a tree, how far a change is, and what comes next when.",
      mixinStandardHelpOptions = true)
  static final class Status implements Callable<Integer> {

    @Mixin private Console console;
    @Mixin private TreeFolder tree;

    /**
     * How a change of keys stands.
     *
     * @param signers fingerprints of the keys that sign, in the order of their signatures
     * @param rotation the change that is under way; absent without one
     * @param next the step that comes next; absent without a change
     * @param due from when on, in ISO form; absent without a change
     * @param retired keys that signed once
     */
    private record Result(
        List<String> signers,
        Rotation rotation,
        String next,
        String due,
        List<RetiredKey> retired) {}

    /** The command that follows a step, and how long clients need before. */
    private record Following(String command, Duration patience) {

      static Following of(Rotation.Step step) {
        return switch (step) {
          case ANNOUNCED -> new Following("dual-sign", Duration.ofDays(7));
          case DUAL_SIGNED -> new Following("switch", Duration.ofDays(90));
          case SWITCHED -> new Following("retire", Duration.ofDays(90));
        };
      }
    }

    @Override
    public Integer call() throws IOException {
      KeyStatus status = StoredTree.look(tree.path(), KeyStatus::of);
      result("signed by", String.join(", then ", status.signers()));
      status.retired().forEach(r -> result("retired", r.key() + " at " + r.since()));
      if (status.rotation().isEmpty()) {
        result("step", "none: no change of keys is under way");
        console.json(new Result(status.signers(), null, null, null, status.retired()));
        return 0;
      }
      Rotation rotation = status.rotation().get();
      Following following = Following.of(rotation.step());
      Instant due = Instant.parse(rotation.since()).plus(following.patience());
      result("from key", rotation.old());
      result("to key", rotation.next());
      result("step", rotation.step().command() + " since " + rotation.since());
      result(
          "next",
          following.command()
              + ", not before "
              + due
              + " ("
              + following.patience().toDays()
              + " days)");
      console.json(
          new Result(
              status.signers(), rotation, following.command(), due.toString(), status.retired()));
      return 0;
    }

    private void result(String what, String text) {
      console.result(Console.columns(what, text));
    }
  }
}
