package io.klts.repo.cli;

import io.klts.repo.mirror.Selection;
import io.klts.repo.publish.Subset;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which part of a tree a copy has. */
final class PartOptions {

  @Spec(Target.MIXEE)
  private CommandSpec command;

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

  /** The part; absent if it is the whole. */
  Optional<Subset> subset() {
    if (channels.isEmpty() && archs.isEmpty() && formats.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Subset(channels, archs, formats));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /** Knows what belongs to a channel or an architecture. */
  Selection selection() {
    return subset().<Selection>map(Chosen::new).orElse(Selection.EVERYTHING);
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
}
