package io.klts.repo.binaries;

import io.klts.repo.catalogue.Arch;
import io.klts.repo.elf.Elf;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder that a build left behind. Any of these layouts will do, also side by side:
 *
 * <pre>
 * linux/&lt;arch&gt;/&lt;package&gt;/&lt;binary&gt;
 * &lt;arch&gt;/&lt;package&gt;/&lt;binary&gt;
 * &lt;arch&gt;/&lt;binary&gt;
 * &lt;arch&gt;/kubernetes/server/bin/&lt;binary&gt;
 * kubernetes-server-linux-&lt;arch&gt;.tar.gz
 * kubernetes/server/bin/&lt;binary&gt;              (the binaries themselves say which architecture)
 * </pre>
 *
 * where {@code <arch>} is Go's, rpm's or Debian's name of the architecture.
 */
public final class BinaryFolder {

  private final Path folder;
  private final Map<Arch, List<Path>> roots = new EnumMap<>(Arch.class);

  private BinaryFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Looks which architectures a folder has.
   *
   * @param scratch an existing folder into which archives are unpacked; the caller deletes it
   * @throws IOException if there is no such folder or nothing in it fits
   */
  public static BinaryFolder open(Path folder, Path scratch) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(
          folder + " is not a folder; give the one that holds the built binaries with --binaries");
    }
    BinaryFolder found = new BinaryFolder(folder);
    found.addFolders(folder.resolve("linux"));
    found.addFolders(folder);
    found.addServerArchives(scratch);
    found.addUnpackedServer();
    if (found.roots.isEmpty()) {
      throw new IOException(
          folder
              + " has no binaries; expected one of\n  linux/<arch>/<package>/<binary>, <arch>/<binary>,"
              + " kubernetes-server-linux-<arch>.tar.gz or kubernetes/server/bin/<binary>\n  with <arch>"
              + " one of "
              + Arch.names());
    }
    return found;
  }

  /** The architectures that have binaries. */
  public Set<Arch> archs() {
    return EnumSet.copyOf(roots.keySet());
  }

  /** Where a binary lies; absent if nowhere. */
  public Optional<Path> find(Arch arch, String packageName, String binary) {
    return candidates(arch, packageName, binary).stream()
        .filter(p -> Files.exists(p, LinkOption.NOFOLLOW_LINKS))
        .findFirst();
  }

  /**
   * A binary, looked at.
   *
   * @throws IOException if it is missing, cannot be read or is not a program for the architecture
   */
  public Binary read(Arch arch, String packageName, String binary) throws IOException {
    Path file =
        find(arch, packageName, binary)
            .orElseThrow(
                () ->
                    new IOException(
                        binary
                            + " for "
                            + arch
                            + " is missing in "
                            + folder
                            + "; looked for\n  "
                            + String.join(
                                "\n  ",
                                candidates(arch, packageName, binary).stream()
                                    .map(Path::toString)
                                    .toList())
                            + "\n  put it there or leave the architecture out with --arch"));
    checkReadable(file);
    return new Binary(file, checked(file, arch));
  }

  private static void checkReadable(Path file) throws IOException {
    try {
      Path real = file.toRealPath();
      if (!Files.isRegularFile(real)) {
        throw new IOException(file + " is not a file; expected an ELF program");
      }
    } catch (FileSystemLoopException e) {
      throw new IOException(file + " is a symbolic link that leads to itself", e);
    } catch (FileSystemException e) {
      String reason = e.getReason() == null ? "it leads nowhere" : e.getReason();
      throw new IOException(file + " cannot be followed: " + reason, e);
    }
    if (!Files.isReadable(file)) {
      throw new IOException(file + " cannot be read; check its permissions");
    }
  }

  private static Elf checked(Path file, Arch arch) throws IOException {
    Elf elf = Elf.read(file);
    if (elf.machine().number() != arch.elfMachine()
        || elf.is64() != arch.is64()
        || !elf.order().equals(arch.byteOrder())) {
      throw new IOException(
          file
              + " is an ELF file for "
              + elf.machine()
              + "; its folder says "
              + arch
              + " (e_machine "
              + arch.elfMachine()
              + (arch.is64() ? ", 64-bit, " : ", 32-bit, ")
              + (arch.byteOrder() == java.nio.ByteOrder.BIG_ENDIAN ? "big" : "little")
              + "-endian)\n  put the "
              + arch
              + " build there or leave the architecture out with --arch");
    }
    return elf;
  }

  private List<Path> candidates(Arch arch, String packageName, String binary) {
    List<Path> candidates = new ArrayList<>();
    for (Path root : roots.getOrDefault(arch, List.of())) {
      candidates.add(root.resolve(packageName).resolve(binary));
      candidates.add(root.resolve(binary));
      candidates.add(root.resolve("kubernetes/server/bin").resolve(binary));
    }
    return candidates;
  }

  private void addFolders(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return;
    }
    try (Stream<Path> entries = Files.list(parent)) {
      for (Path entry : entries.filter(Files::isDirectory).sorted().toList()) {
        Arch.find(entry.getFileName().toString()).ifPresent(arch -> add(arch, entry));
      }
    }
  }

  private void addServerArchives(Path scratch) throws IOException {
    for (Arch arch : Arch.values()) {
      Path archive = folder.resolve("kubernetes-server-linux-" + arch.go() + ".tar.gz");
      if (Files.exists(archive)) {
        add(arch, ServerArchive.unpack(archive, scratch.resolve(arch.go())));
      }
    }
  }

  private void addUnpackedServer() throws IOException {
    Path bin = folder.resolve("kubernetes/server/bin");
    Path kubelet = bin.resolve("kubelet");
    if (!Files.isRegularFile(kubelet)) {
      return;
    }
    Elf elf = Elf.read(kubelet);
    for (Arch arch : Arch.values()) {
      if (arch.elfMachine() == elf.machine().number()) {
        add(arch, bin);
      }
    }
  }

  private void add(Arch arch, Path root) {
    roots.computeIfAbsent(arch, a -> new ArrayList<>()).add(root);
  }
}
