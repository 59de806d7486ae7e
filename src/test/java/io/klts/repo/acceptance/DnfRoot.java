package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A throw-away machine of the Enterprise Linux family, with dnf as yum. */
final class DnfRoot extends RpmRoot {

  /**
   * As Enterprise Linux 8 sets it; Debian's own file would skip a repository that it cannot read.
   */
  static final String CONFIGURATION =
      """
      [main]
      gpgcheck=1
      installonly_limit=3
      clean_requirements_on_remove=True
      best=True
      skip_if_unavailable=False
      module_platform_id=platform:el8
      """;

  DnfRoot() throws IOException {
    super("dnf", Family.ENTERPRISE_LINUX);
    write("/etc/dnf/dnf.conf", CONFIGURATION);
  }

  /** Adds a definition file, whose name ends in {@code .repo}. */
  void addRepo(String fileName, String text) throws IOException {
    write("/etc/yum.repos.d/" + fileName, text);
  }

  /** Runs dnf on this root; it takes yes for an answer to all questions, also about keys. */
  Outcome dnf(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "dnf",
                "-y",
                "--noplugins",
                "--config=" + path("/etc/dnf/dnf.conf"),
                "--installroot=" + folder(),
                "--releasever=8",
                "--setopt=reposdir=" + path("/etc/yum.repos.d"),
                "--setopt=varsdir=" + path("/etc/dnf/vars")));
    command.addAll(List.of(arguments));
    return Program.of(command).run();
  }

  /** Adds a repository of others, which is not signed. */
  void addUnsigned(String name, Path folder) throws IOException {
    addRepo(
        name + ".repo",
        """
        [%s]
        name=%s
        baseurl=file://%s
        enabled=1
        gpgcheck=0
        """
            .formatted(name, name, folder));
  }
}
