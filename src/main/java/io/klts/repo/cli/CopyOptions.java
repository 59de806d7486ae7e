package io.klts.repo.cli;

import io.klts.repo.mirror.Pull;
import io.klts.repo.mirror.Selection;
import io.klts.repo.mirror.Upstream;
import io.klts.repo.publish.Subset;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.source.FolderSource;
import io.klts.repo.source.HttpSource;
import io.klts.repo.source.TarSource;
import io.klts.repo.source.TreeSource;
import io.klts.repo.store.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where a copy comes from, whom it believes and what it has. */
final class CopyOptions {

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The public key to believe, or several; may be given more than once.")
  private List<Path> keys = List.of();

  @Option(
      names = "--channel",
      paramLabel = "NAME",
      split = ",",
      description = "Only this channel, such as v1.28; may be given more than once.")
  private List<String> channels = List.of();

  @Option(
      names = "--arch",
      paramLabel = "NAME",
      split = ",",
      description = "Only packages for this architecture; may be given more than once.")
  private List<String> archs = List.of();

  @Option(
      names = "--format",
      paramLabel = "deb|rpm",
      split = ",",
      description = "Only this format.")
  private List<String> formats = List.of();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "8",
      description = "Files on their way at once (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Threads.class)
  private int parallel;

  @Option(
      names = "--attempts",
      paramLabel = "N",
      defaultValue = "4",
      description = "How often each source is asked for a file (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Threads.class)
  private int attempts;

  @Option(
      names = "--bandwidth",
      paramLabel = "KIB",
      defaultValue = "0",
      description = "The most to fetch, in KiB a second; 0 for no limit.",
      converter = WholeNumber.Amount.class)
  private int bandwidth;

  @Option(
      names = "--force-expired",
      description =
          "Take a tree whose end is past: only if you know that nobody refreshes it any more.")
  private boolean forceExpired;

  boolean forceExpired() {
    return forceExpired;
  }

  Limits limits() {
    return new Limits(parallel, attempts, bandwidth * 1024L);
  }

  /** The keys of all files. */
  List<PublicKey> keys() throws IOException {
    List<PublicKey> all = new ArrayList<>();
    for (Path file : keys) {
      byte[] bytes = Files.readAllBytes(file);
      try {
        all.addAll(PublicKey.readAll(bytes));
      } catch (IOException e) {
        throw new IOException(file + ": " + e.getMessage(), e);
      }
    }
    return all;
  }

  /** Knows what belongs to a channel or an architecture. */
  Selection selection() {
    if (channels.isEmpty() && archs.isEmpty() && formats.isEmpty()) {
      return Selection.EVERYTHING;
    }
    try {
      return new Chosen(new Subset(channels, archs, formats));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private record Chosen(Subset subset) implements Selection {

    @Override
    public List<String> words() {
      return subset.words();
    }

    @Override
    public SortedSet<String> leftOut(Collection<String> paths, Reader files) throws IOException {
      return subset.leftOut(paths, files::file);
    }
  }

  /** Opens the address of a tree, a folder with one, or a bundle. */
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
