package io.klts.repo.deb;

import io.klts.repo.blob.AtomicFile;
import io.klts.repo.blob.Blob;
import io.klts.repo.compress.CompressedFile;
import io.klts.repo.recipe.Content;
import io.klts.repo.recipe.Hook;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.recipe.Shlib;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.file.PathUtils;
import org.vafer.jdeb.Compression;
import org.vafer.jdeb.Console;
import org.vafer.jdeb.DataConsumer;
import org.vafer.jdeb.DebMaker;
import org.vafer.jdeb.PackagingException;
import org.vafer.jdeb.shaded.commons.compress.archivers.tar.TarArchiveEntry;

/**
 * Writes binary packages as deb(5) describes: the same specification and binaries give the same
 * bytes. jdeb makes control archive and data archive; the data archive's compression is ours, so
 * that blocks which an rpm already has are not compressed again.
 */
public final class DebWriter {

  private final ShlibDepends shlibs;

  /**
   * A writer.
   *
   * @param shlibs by soname, the packages that hold the libraries of dynamically linked programs
   */
  public DebWriter(Map<String, Shlib> shlibs) {
    this.shlibs = new ShlibDepends(shlibs);
  }

  /** The file name that package managers expect: {@code kubeadm_1.28.15-lts.2_amd64.deb}. */
  public static String fileName(PackageSpec spec) {
    return spec.name() + "_" + spec.version().deb() + "_" + spec.debArch() + ".deb";
  }

  /**
   * Writes a package.
   *
   * @param programs the compressed form of each program of the specification, by its file
   * @param target appears when the package is whole
   */
  public void write(PackageSpec spec, Map<Path, CompressedFile> programs, Path target)
      throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path scratch = Files.createTempDirectory(folder, ".deb");
    try {
      List<Content> contents = contents(spec);
      Control control = ControlFields.of(spec, shlibs, InstalledSize.of(contents));
      Path plain = scratch.resolve("plain.deb");
      make(spec, contents, control, scratch, plain);
      Path repacked = scratch.resolve("data.tar.xz");
      DebRepack repack = new DebRepack(control, installedPrograms(spec, programs), spec.date());
      AtomicFile.write(target, out -> repack.write(plain, repacked, out));
    } finally {
      PathUtils.deleteDirectory(scratch);
    }
  }

  private static Map<String, CompressedFile> installedPrograms(
      PackageSpec spec, Map<Path, CompressedFile> programs) {
    Map<String, CompressedFile> installed = new HashMap<>();
    for (Content.Program program : spec.programs()) {
      installed.put("." + program.path(), programs.get(program.binary().file()));
    }
    return installed;
  }

  private static void make(
      PackageSpec spec, List<Content> contents, Control control, Path scratch, Path target)
      throws IOException {
    DebMaker maker =
        new DebMaker(
            new Silence(), List.of(consumer -> produce(contents, spec, consumer)), conffiles(spec));
    // For signatures that are not asked for, each of jdeb's makers registers its own part of Bouncy
    // Castle under the name of the whole: what asks for that later finds no elliptic curves.
    Security.removeProvider("BC");
    maker.setDeb(target.toFile());
    maker.setControl(controlFolder(spec, control, scratch.resolve("control")).toFile());
    maker.setOutputTimestampMs(spec.date().toEpochMilli());
    // jdeb would replace [[words]] in scripts; ours have shell tests in such brackets.
    maker.setOpenReplaceToken("\u0001");
    maker.setCloseReplaceToken("\u0001");
    try {
      maker.createDeb(Compression.NONE);
    } catch (PackagingException e) {
      throw new IOException("cannot make " + fileName(spec) + ": " + e.getMessage(), e);
    }
  }

  /** What the recipe installs, and the changelog, where policy 12.7 wants it. */
  private static List<Content> contents(PackageSpec spec) throws IOException {
    List<Content> contents = new ArrayList<>(spec.contents());
    contents.add(
        new Content.Text(
            "/usr/share/doc/" + spec.name() + "/changelog.Debian.gz",
            0644,
            Content.Role.DOC,
            Blob.of(ChangelogText.gzip(ChangelogText.of(spec)))));
    contents.sort(Comparator.comparing(Content::path));
    return contents;
  }

  private static List<org.vafer.jdeb.DataProducer> conffiles(PackageSpec spec) {
    List<Content> conffiles =
        spec.contents().stream()
            .filter(c -> c instanceof Content.Text t && t.role() == Content.Role.CONFIG)
            .toList();
    return conffiles.isEmpty()
        ? List.of()
        : List.of(consumer -> produce(conffiles, spec, consumer));
  }

  private static Path controlFolder(PackageSpec spec, Control control, Path folder)
      throws IOException {
    Files.createDirectory(folder);
    Files.writeString(folder.resolve("control"), control.toString());
    for (Map.Entry<Hook, String> script : spec.scripts().entrySet()) {
      Files.writeString(folder.resolve(script.getKey().id()), script.getValue());
    }
    return folder;
  }

  private static void produce(List<Content> contents, PackageSpec spec, DataConsumer consumer)
      throws IOException {
    for (Content content : contents) {
      if (content instanceof Content.Directory) {
        consumer.onEachDir(entry(content, content.path() + "/", 0, spec));
      } else if (content instanceof Content.Text text) {
        consumer.onEachFile(
            text.blob().open(), entry(content, content.path(), text.blob().size(), spec));
      } else if (content instanceof Content.Program program) {
        Path file = program.binary().file();
        try (InputStream in = Files.newInputStream(file)) {
          consumer.onEachFile(in, entry(content, content.path(), Files.size(file), spec));
        }
      }
    }
  }

  private static TarArchiveEntry entry(Content content, String name, long size, PackageSpec spec) {
    TarArchiveEntry entry = new TarArchiveEntry("." + name, true);
    entry.setSize(size);
    entry.setMode((content instanceof Content.Directory ? 040000 : 0100000) | content.mode());
    entry.setModTime(spec.date().toEpochMilli());
    entry.setUserName("root");
    entry.setGroupName("root");
    entry.setUserId(0);
    entry.setGroupId(0);
    return entry;
  }

  private static final class Silence implements Console {
    @Override
    public void debug(String message) {}

    @Override
    public void info(String message) {}

    @Override
    public void warn(String message) {}
  }
}
