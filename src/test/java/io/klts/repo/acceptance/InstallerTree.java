package io.klts.repo.acceptance;

import io.klts.repo.elf.ElfMachine;
import io.klts.repo.elf.TinyProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A tree for tests of the installer, on a web server: three releases of tiny programs, each of
 * which prints its name and version. It is made once for all tests, which only read it.
 */
final class InstallerTree implements AutoCloseable {

  static final String OLD = "1.18.20-lts.3";
  static final String PREVIOUS = "1.28.15-lts.1";
  static final String NEW = "1.28.15-lts.2";

  static final List<String> PROGRAMS = List.of("kubeadm", "kubelet", "kubectl");

  private static final List<String> ADDONS =
      List.of(
          "containerd containerd-shim containerd-shim-runc-v1 containerd-shim-runc-v2 ctr runc crictl"
              .split(" "));

  private static final List<String> PLUGINS =
      List.of(
          ("bandwidth bridge dhcp dummy firewall flannel host-device host-local ipvlan loopback"
                  + " macvlan portmap ptp sbr static tap tuning vlan vrf")
              .split(" "));

  /** Lends the tree to the tests of a class, as a parameter. */
  static final class Shared implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == InstallerTree.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(Namespace.GLOBAL)
          .getOrComputeIfAbsent(InstallerTree.class, type -> made(), InstallerTree.class);
    }

    private static InstallerTree made() {
      try {
        return new InstallerTree();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final Path top = Lab.folder("installer");
  private final WebServer server = WebServer.serving(Files.createDirectory(folder()));

  private InstallerTree() throws IOException {
    for (String version : List.of(OLD, PREVIOUS, NEW)) {
      Product.signing(
              "publish",
              "v" + version,
              "--binaries=" + binaries(top, version),
              "--tree=" + folder(),
              "--base-url=" + url())
          .run()
          .assertOk();
    }
  }

  /** The tree as a folder. */
  Path folder() {
    return top.resolve("tree");
  }

  /** Where clients find the tree, without a slash at the end. */
  String url() {
    return server.uri().toString().replaceFirst("/$", "");
  }

  /** All requests so far. */
  List<String> requests() throws IOException {
    return server.requests();
  }

  /** What a program of a release prints. */
  static String says(String program, String version) {
    return program + " " + version + "\n";
  }

  private static Path binaries(Path top, String version) throws IOException {
    Path folder = programs(top, version);
    addAddons(folder);
    return folder;
  }

  /** Makes the programs of a release, each of which prints its name and version. */
  static Path programs(Path top, String version) throws IOException {
    Path folder = Files.createDirectories(top.resolve(version).resolve(AptRoot.architecture()));
    for (String name : PROGRAMS) {
      Files.write(folder.resolve(name), TinyProgram.of(machine(), says(name, version)));
    }
    return folder.getParent();
  }

  /** The same version of an add-on is the same program, whichever release it comes with. */
  static void addAddons(Path binaries) throws IOException {
    Path folder = binaries.resolve(AptRoot.architecture());
    for (List<String> names : List.of(ADDONS, PLUGINS)) {
      for (String name : names) {
        Files.write(folder.resolve(name), TinyProgram.of(machine(), name + "\n"));
      }
    }
  }

  private static ElfMachine machine() throws IOException {
    return AptRoot.architecture().equals("amd64") ? ElfMachine.X86_64 : ElfMachine.AARCH64;
  }

  @Override
  public void close() throws IOException {
    server.close();
    Lab.remove(top);
  }
}
