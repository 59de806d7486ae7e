package io.klts.repo.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Copies of a tree elsewhere. */
@Command(
    name = "mirror",
    description = {
      "Brings copies of a tree to other places, and looks after them.",
      "mirrors.conf says where they are; docs/mirroring.md how to run one."
    },
    mixinStandardHelpOptions = true)
final class MirrorCommand implements Runnable {

  static final List<Class<?>> COMMANDS =
      List.of(
          MirrorPushCommand.class,
          MirrorPullCommand.class,
          MirrorBundleCommand.class,
          MirrorStatusCommand.class,
          MirrorListsCommand.class);

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "give one of: push, pull, bundle, status, lists");
  }
}
