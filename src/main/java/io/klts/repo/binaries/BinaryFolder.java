package io.klts.repo.binaries;

import io.klts.repo.catalogue.Arch;
import io.klts.repo.elf.Elf;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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

  private static final String NOTHING_WRITTEN = "\n  nothing was written; ";
  private static final String UNREADABLE =
      " cannot be read by this user; check its permissions and those of its folders";

  private final Path folder;
  private final Path scratch;
  private final Map<Arch, List<Path>> roots = new EnumMap<>(Arch.class);

  private BinaryFolder(Path folder, Path scratch) {
    this.folder = folder;
    this.scratch = scratch;
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
    BinaryFolder found = new BinaryFolder(folder, scratch);
    found.addFolders(folder.resolve("linux"));
    found.addFolders(folder);
    found.addServerArchives();
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

  /** Where a binary lies, or a folder of its name if there is nothing else; absent if nowhere. */
  public Optional<Path> find(Arch arch, String packageName, String binary) {
    List<Path> there =
        candidates(arch, packageName, binary).stream()
            .filter(p -> Files.exists(p, LinkOption.NOFOLLOW_LINKS))
            .toList();
    return there.stream()
        .filter(p -> !Files.isDirectory(p))
        .findFirst()
        .or(() -> there.stream().findFirst());
  }

  /**
   * A binary, looked at.
   *
   * @throws IOException if it is missing, cannot be read or is not a program for the architecture
   */
  public Binary read(Arch arch, String packageName, String binary) throws IOException {
    if (!roots.containsKey(arch)) {
      throw new IOException(
          folder
              + " has no binaries for "
              + arch
              + ", only for "
              + names(archs())
              + NOTHING_WRITTEN
              + "put them into "
              + folder.resolve(arch.go())
              + ", or leave "
              + arch
              + " out of --arch");
    }
    Path file =
        find(arch, packageName, binary)
            .filter(p -> !Files.isDirectory(p))
            .orElseThrow(() -> refusal(missing(arch, packageName, binary), arch));
    checkReadable(file, arch);
    try {
      return new Binary(file, checked(file, arch));
    } catch (IOException e) {
      throw refusal(e.getMessage().replace(file.toString(), shown(file)), arch);
    }
  }

  private String missing(Arch arch, String packageName, String binary) {
    return binary
        + " for "
        + arch
        + " is missing in "
        + folder
        + "; looked for"
        + candidates(arch, packageName, binary).stream()
            .map(p -> "\n  " + shown(p) + (Files.isDirectory(p) ? " (a folder)" : ""))
            .distinct()
            .collect(Collectors.joining());
  }

  private void checkReadable(Path file, Arch arch) throws IOException {
    try {
      if (!Files.isRegularFile(file.toRealPath())) {
        throw refusal(shown(file) + " is not a file; expected an ELF program", arch);
      }
    } catch (NoSuchFileException e) {
      throw refusal(shown(file) + " is a symbolic link that leads nowhere", arch);
    } catch (AccessDeniedException e) {
      throw refusal(shown(file) + UNREADABLE, arch);
    } catch (FileSystemException e) {
      throw refusal(
          shown(file) + " is a symbolic link that cannot be followed: " + e.getReason(), arch);
    }
    if (!Files.isReadable(file)) {
      throw refusal(shown(file) + UNREADABLE, arch);
    }
  }

  private static Elf checked(Path file, Arch arch) throws IOException {
    Elf elf = Elf.read(file);
    boolean otherClass = elf.is64() != arch.is64();
    boolean otherOrder = !elf.order().equals(arch.byteOrder());
    if (elf.machine().number() != arch.elfMachine() || otherClass || otherOrder) {
      throw new IOException(
          file
              + " is an ELF file for "
              + elf.machine()
              + (otherClass ? ", " + width(elf.is64()) : "")
              + (otherOrder ? ", " + words(elf.order()) : "")
              + "; its folder says "
              + arch
              + " ("
              + arch.elfMachine()
              + (otherClass ? ", " + width(arch.is64()) : "")
              + (otherOrder ? ", " + words(arch.byteOrder()) : "")
              + ")");
    }
    return elf;
  }

  private static String width(boolean is64) {
    return is64 ? "64-bit" : "32-bit";
  }

  private static String words(ByteOrder order) {
    return order == ByteOrder.BIG_ENDIAN ? "big-endian" : "little-endian";
  }

  /** An error that says what to do: nothing has been written when binaries are looked at. */
  private IOException refusal(String fault, Arch arch) {
    Set<Arch> others = archs();
    others.remove(arch);
    return new IOException(
        fault
            + NOTHING_WRITTEN
            + "put the "
            + arch
            + " build there"
            + (others.isEmpty()
                ? ""
                : " or leave the architecture out with --arch " + names(others)));
  }

  private static String names(Set<Arch> archs) {
    return archs.stream().map(Arch::go).collect(Collectors.joining(","));
  }

  /** Where a person finds a file: one that was unpacked, in its archive. */
  private String shown(Path file) {
    return file.startsWith(scratch)
        ? archive(Arch.find(scratch.relativize(file).getName(0).toString()).orElseThrow())
            + ": kubernetes/server/bin/"
            + file.getFileName()
        : file.toString();
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
    List<Path> entries;
    try (Stream<Path> listed = Files.list(parent)) {
      entries = listed.sorted().toList();
    }
    for (Path entry : entries) {
      Optional<Arch> arch = Arch.find(entry.getFileName().toString());
      if (arch.isEmpty()) {
        continue;
      }
      if (Files.isDirectory(entry)) {
        add(arch.get(), entry);
      } else if (Files.isSymbolicLink(entry)) {
        // Without its binaries an architecture would be left out, and nobody would notice.
        throw new IOException(
            entry
                + " is a symbolic link that does not lead to a folder"
                + NOTHING_WRITTEN
                + "put the binaries for "
                + arch.get()
                + " there, or take the link away");
      }
    }
  }

  private Path archive(Arch arch) {
    return folder.resolve("kubernetes-server-linux-" + arch.go() + ".tar.gz");
  }

  private void addServerArchives() throws IOException {
    for (Arch arch : Arch.values()) {
      if (Files.exists(archive(arch), LinkOption.NOFOLLOW_LINKS)) {
        add(arch, ServerArchive.unpack(archive(arch), scratch.resolve(arch.go())));
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

  private void add(Arch arch, Path root) throws IOException {
    if (!Files.isReadable(root) || !Files.isExecutable(root)) {
      throw new IOException(root + UNREADABLE);
    }
    roots.computeIfAbsent(arch, a -> new ArrayList<>()).add(root);
  }
}
