package io.klts.repo.cli;

import io.klts.repo.mirror.Pull;
import io.klts.repo.mirror.Upstream;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.source.FolderSource;
import io.klts.repo.source.HttpSource;
import io.klts.repo.source.TarSource;
import io.klts.repo.source.TreeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where a copy comes from, and whom it believes. */
final class CopyOptions {

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The public key to believe, or several; may be given more than once.")
  private List<Path> keys = List.of();

  @Option(
      names = "--force-expired",
      description =
          "Take a tree whose end is past: only if you know that nobody refreshes it any more.")
  private boolean forceExpired;

  boolean forceExpired() {
    return forceExpired;
  }

  /** The keys of all files. */
  List<PublicKey> keys() throws IOException {
    List<PublicKey> all = new ArrayList<>();
    for (Path file : keys) {
      all.addAll(PublicKey.loadAll(file));
    }
    return all;
  }

  /** Opens the address of a tree, a folder with one, or a bundle. The caller closes it. */
  Upstream open(String name) throws IOException {
    return new Upstream(name, source(name));
  }

  private TreeSource source(String name) throws IOException {
    if (name.matches("(?i)https?:.*")) {
      try {
        return new HttpSource(name, HttpSource.Patience.FOR_ALL_FILES);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(command.commandLine(), e.getMessage(), e);
      }
    }
    Path path = Path.of(name);
    return Files.isRegularFile(path) ? new TarSource(path) : new FolderSource(path);
  }

  /** Shows on a console how a copy goes. */
  static Pull.Listener listener(Console console, String what) {
    return new Pull.Listener() {
      @Override
      public void note(String kind, String text) {
        console.line(kind, text);
      }

      @Override
      public Steps begin(long bytes) {
        Progress progress = console.progress(what, bytes);
        return new Steps() {
          @Override
          public void add(long more) {
            progress.add(more, false);
          }

          @Override
          public void close() {
            progress.finish();
          }
        };
      }
    };
  }
}
