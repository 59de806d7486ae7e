package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A throw-away machine of the openSUSE family. */
final class ZypperRoot extends RpmRoot {

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

  /** Runs zypper on this root, without questions: it takes the default answers. */
  Outcome zypper(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("zypper", "--non-interactive", "--root", folder().toString()));
    command.addAll(List.of(arguments));
    return Program.of(command).run();
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
