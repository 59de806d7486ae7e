package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A throw-away machine of the openSUSE family. */
final class ZypperRoot extends RpmRoot {

  private static final String CONFIGURATION = "/etc/zypp/zypp.conf";

  ZypperRoot() throws IOException {
    super("zypper", Family.OPENSUSE);
  }

  /** Adds a definition file, whose name ends in {@code .repo}. */
  void addRepo(String fileName, String text) throws IOException {
    write("/etc/zypp/repos.d/" + fileName, text);
  }

  /** Tells zypper which vendors are one family; the text of a file for {@code vendors.d}. */
  void addVendors(String fileName, String text) throws IOException {
    write("/etc/zypp/vendors.d/" + fileName, text);
  }

  /** From now on zypper takes this machine for one of another architecture, by rpm's name. */
  void pretendToBe(String architecture) throws IOException {
    write(CONFIGURATION, "[main]\narch = " + architecture + "\n");
  }

  /** Runs zypper on this root, without questions: it takes the default answers. */
  Outcome zypper(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("zypper", "--non-interactive", "--root", folder().toString()));
    command.addAll(List.of(arguments));
    Program program = Program.of(command);
    if (exists(CONFIGURATION)) {
      // It would read the one of this machine, also with another root.
      program.with("ZYPP_CONF", path(CONFIGURATION));
    }
    return program.run();
  }

  /**
   * Fetches all indexes and takes the keys that the repositories offer, as the user would confirm.
   */
  Outcome refresh() throws IOException {
    return zypper("--gpg-auto-import-keys", "refresh", "--force");
  }

  /** Adds a repository of others, which is not signed. */
  void addUnsigned(String name, Path folder) throws IOException {
    addRepo(
        name + ".repo",
        """
        [%s]
        name=%s
        baseurl=dir:%s
        enabled=1
        gpgcheck=0
        """
            .formatted(name, name, folder));
  }
}
