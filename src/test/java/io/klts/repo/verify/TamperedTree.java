package io.klts.repo.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.signature.Armor;
import io.klts.repo.signature.Signer;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** A copy of a tree, to be damaged: with or without making digests and signatures fit again. */
final class TamperedTree {

  private static final String TIMESTAMP = "timestamp.asc";

  private static final Pattern FRAMED =
      Pattern.compile("(?s)-----BEGIN PGP SIGNED MESSAGE.*?\n\n(.*)-----BEGIN PGP SIGNATURE.*");

  private static final Instant SIGNED = Instant.parse("2026-11-23T00:00:00Z");

  private final Path root;
  private final Signer signer;

  TamperedTree(Path root, Signer signer) {
    this.root = root;
    this.signer = signer;
  }

  /** The same tree in the hands of somebody with another key. */
  TamperedTree signedBy(Signer other) {
    return new TamperedTree(root, other);
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  Path root() {
    return root;
  }

  Path file(String path) {
    return root.resolve(path);
  }

  /** The first listed path that matches. */
  String find(String regex) throws IOException {
    return manifest().entries().keySet().stream()
        .filter(path -> path.matches(regex))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no file matches " + regex));
  }

  byte[] read(String path) throws IOException {
    return Files.readAllBytes(file(path));
  }

  String text(String path) throws IOException {
    return new String(read(path), UTF_8);
  }

  void write(String path, byte[] bytes) throws IOException {
    Files.createDirectories(file(path).getParent());
    Files.write(file(path), bytes);
  }

  void delete(String path) throws IOException {
    Files.delete(file(path));
  }

  void flip(String path) throws IOException {
    byte[] bytes = read(path);
    bytes[bytes.length / 2] ^= 1;
    write(path, bytes);
  }

  void truncate(String path) throws IOException {
    byte[] bytes = read(path);
    write(path, java.util.Arrays.copyOf(bytes, bytes.length - 7));
  }

  void swap(String one, String other) throws IOException {
    byte[] bytes = read(one);
    write(one, read(other));
    write(other, bytes);
  }

  /** Changes a text, which has to change by that. */
  void edit(String path, UnaryOperator<String> change) throws IOException {
    write(path, changed(text(path), change).getBytes(UTF_8));
  }

  private static String changed(String before, UnaryOperator<String> change) {
    String after = change.apply(before);
    if (after.equals(before)) {
      throw new AssertionError("nothing was changed");
    }
    return after;
  }

  Manifest manifest() throws IOException {
    return Manifest.parse(read(Manifest.PATH), Manifest.PATH);
  }

  /** Lists what is there now in place of what was listed. */
  void list(String... added) throws IOException {
    Manifest before = manifest();
    SortedMap<String, Manifest.Entry> entries = new TreeMap<>();
    for (String path : before.entries().keySet()) {
      if (Files.isRegularFile(file(path))) {
        entries.put(path, entry(path, before.entries().get(path).stage()));
      }
    }
    for (String path : added) {
      entries.put(path, entry(path, Layout.of(path).map(Layout::stage).orElse(Stage.INDEX)));
    }
    List<String> keys = List.of(signer.key().fingerprint());
    write(Manifest.PATH, new Manifest(before.serial(), before.validUntil(), keys, entries).bytes());
  }

  private Manifest.Entry entry(String path, Stage stage) throws IOException {
    byte[] bytes = read(path);
    return new Manifest.Entry(Sha256.of(bytes), bytes.length, stage);
  }

  /** Lists what is there now, and signs the list. */
  void publish(String... added) throws IOException {
    list(added);
    stamp(this::digestsAsListed);
    list(added);
    sign(Manifest.PATH, Manifest.SIGNATURE_PATH);
  }

  /** Changes {@code timestamp.asc}; everything around it fits again. */
  void timestamp(UnaryOperator<String> change) throws IOException {
    stamp(text -> changed(text, change));
    list();
    sign(Manifest.PATH, Manifest.SIGNATURE_PATH);
  }

  private void stamp(UnaryOperator<String> change) throws IOException {
    if (!Files.exists(file(TIMESTAMP))) {
      return;
    }
    Matcher framed = FRAMED.matcher(text(TIMESTAMP));
    if (framed.matches()) {
      byte[] text = change.apply(framed.group(1)).getBytes(UTF_8);
      write(TIMESTAMP, signer.clearsigned(text, SIGNED));
    }
  }

  private String digestsAsListed(String text) {
    StringBuilder changed = new StringBuilder();
    try {
      SortedMap<String, Manifest.Entry> entries = manifest().entries();
      for (String line : text.lines().toList()) {
        Manifest.Entry entry = entries.get(line.substring(line.lastIndexOf(' ') + 1));
        changed.append(
            entry == null
                ? line
                : line.replaceFirst(".*(?= )", entry.sha256() + " " + entry.size()));
        changed.append('\n');
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return changed.toString();
  }

  void sign(String path, String signature) throws IOException {
    write(signature, Armor.encode(signer.detached(Blob.of(read(path)), SIGNED)));
  }

  void signRelease(String suite) throws IOException {
    String release = "apt/dists/" + suite + "/Release";
    sign(release, release + ".gpg");
    write("apt/dists/" + suite + "/InRelease", signer.clearsigned(read(release), SIGNED));
  }

  /** Changes {@code repomd.xml}; everything around it fits again. */
  void repomd(String folder, UnaryOperator<String> change) throws IOException {
    String path = folder + "/repodata/repomd.xml";
    edit(path, change);
    sign(path, path + ".asc");
    publish();
  }

  /** Changes a document of rpm-md; everything around it fits again. */
  void document(String folder, String kind, UnaryOperator<String> change) throws IOException {
    String path = redigest(folder, kind, change);
    sign(folder + "/repodata/repomd.xml", folder + "/repodata/repomd.xml.asc");
    publish(path);
  }

  /**
   * Changes a document of rpm-md and all digests of it, but signs nothing.
   *
   * @return the new path
   */
  String redigest(String folder, String kind, UnaryOperator<String> change) throws IOException {
    String old = find(folder + "/repodata/[0-9a-f]{64}-" + kind + "\\.xml\\.gz");
    byte[] gz = read(old);
    byte[] text;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file(old)))) {
      text = in.readAllBytes();
    }
    byte[] newText = changed(new String(text, UTF_8), change).getBytes(UTF_8);
    byte[] newGz = gzip(newText);
    String path = folder + "/repodata/" + Sha256.of(newGz) + "-" + kind + ".xml.gz";
    delete(old);
    write(path, newGz);
    edit(
        folder + "/repodata/repomd.xml",
        repomd ->
            repomd
                .replace(Sha256.of(gz).hex(), Sha256.of(newGz).hex())
                .replace(Sha256.of(text).hex(), Sha256.of(newText).hex())
                .replace("<size>" + gz.length + "<", "<size>" + newGz.length + "<")
                .replace("<open-size>" + text.length + "<", "<open-size>" + newText.length + "<"));
    return path;
  }

  /** Changes {@code Release}; everything around it fits again. */
  void release(String suite, UnaryOperator<String> change, String... added) throws IOException {
    edit("apt/dists/" + suite + "/Release", change);
    signRelease(suite);
    publish(added);
  }

  /** Changes {@code Packages} in all its forms; everything around it fits again. */
  void packages(String suite, UnaryOperator<String> change) throws IOException {
    String name = "main/binary-amd64/Packages";
    byte[] text = changed(text("apt/dists/" + suite + "/" + name), change).getBytes(UTF_8);
    index(suite, name, text);
    index(suite, name + ".gz", gzip(text));
    index(suite, name + ".xz", xz(text));
    listByHash(suite);
  }

  /**
   * Changes one index; {@code Release} names it again.
   *
   * @return where it lies by its digest
   */
  String index(String suite, String name, byte[] bytes) throws IOException {
    String folder = "apt/dists/" + suite + "/";
    byte[] old = read(folder + name);
    String parent = folder + name.substring(0, name.lastIndexOf('/')) + "/by-hash/SHA256/";
    if (Files.exists(file(parent + Sha256.of(old)))) {
      delete(parent + Sha256.of(old));
    }
    write(folder + name, bytes);
    write(parent + Sha256.of(bytes), bytes);
    edit(
        folder + "Release",
        release ->
            release.replaceAll(
                "(?m)^ [0-9a-f]{64} \\d+ " + name.replace(".", "\\.") + "$",
                " " + Sha256.of(bytes) + " " + bytes.length + " " + name));
    return parent + Sha256.of(bytes);
  }

  /** Signs a suite and lists all of its files by digest that it names. */
  void listByHash(String suite) throws IOException {
    String folder = "apt/dists/" + suite + "/main/binary-amd64/by-hash/SHA256";
    String release = text("apt/dists/" + suite + "/Release");
    signRelease(suite);
    try (Stream<Path> files = Files.list(file(folder))) {
      publish(
          files
              .map(file -> file.getFileName().toString())
              .filter(release::contains)
              .map(name -> folder + "/" + name)
              .toArray(String[]::new));
    }
  }

  private interface Compression {
    OutputStream over(OutputStream out) throws IOException;
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    return compressed(bytes, GZIPOutputStream::new);
  }

  static byte[] xz(byte[] bytes) throws IOException {
    return compressed(bytes, out -> new XZOutputStream(out, new LZMA2Options(1)));
  }

  private static byte[] compressed(byte[] bytes, Compression compression) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream compressed = compression.over(out)) {
      compressed.write(bytes);
    }
    return out.toByteArray();
  }
}
