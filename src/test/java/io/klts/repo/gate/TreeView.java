package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.blob.Blob;
import io.klts.repo.signature.Armor;
import io.klts.repo.signature.SecretKey;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** A whole tree as if it were published at once, to be broken in one place. */
final class TreeView implements View {

  private static final Instant DATE = Instant.parse("2025-05-06T00:00:00Z");

  private final List<TreeFile> files = new ArrayList<>();
  private final Set<String> more = new TreeSet<>();
  private final Map<String, byte[]> before = new HashMap<>();
  private final SecretKey key;

  TreeView(SecretKey key) {
    this.key = key;
  }

  /** All files of a published tree, in an order in which they could have been put. */
  static TreeView of(Path root, SecretKey key) throws IOException {
    TreeView view = new TreeView(key);
    Path manifest = root.resolve(Manifest.PATH);
    Map<String, Manifest.Entry> entries =
        Manifest.parse(Files.readAllBytes(manifest), "manifest").entries();
    for (Map.Entry<String, Manifest.Entry> entry : entries.entrySet()) {
      String path = entry.getKey();
      view.put(path, entry.getValue().stage(), Files.readAllBytes(root.resolve(path)));
    }
    // Backwards .asc comes before what it signs, and InRelease after Release.
    view.files.sort(Comparator.comparing(TreeFile::path).reversed());
    view.put(Manifest.PATH, Stage.ROOT, Files.readAllBytes(manifest));
    return view;
  }

  @Override
  public List<TreeFile> changes() {
    return files;
  }

  @Override
  public SortedSet<String> paths() {
    SortedSet<String> paths = new TreeSet<>(more);
    files.forEach(file -> paths.add(file.path()));
    return paths;
  }

  @Override
  public Optional<Blob> present(String path) {
    return Optional.ofNullable(before.get(path)).map(Blob::of);
  }

  /** What a file was before the publication. */
  void before(String path, String text) {
    before.put(path, text.getBytes(UTF_8));
  }

  /** A file that is there and not looked at. */
  void name(String path) {
    more.add(path);
  }

  /** The path of the first file whose path matches. */
  String path(String pattern) {
    return files.stream()
        .map(TreeFile::path)
        .filter(path -> path.matches(pattern))
        .sorted()
        .findFirst()
        .orElseThrow();
  }

  byte[] bytes(String path) throws IOException {
    return files.get(index(path)).content().bytes();
  }

  String text(String path) throws IOException {
    return new String(bytes(path), UTF_8);
  }

  void put(String path, Stage stage, byte[] bytes) {
    files.add(TreeFile.of(path, stage, bytes));
  }

  void set(String path, byte[] bytes) {
    files.set(index(path), TreeFile.of(path, files.get(index(path)).stage(), bytes));
  }

  void replace(String path, String from, String to) throws IOException {
    String text = text(path);
    assertThat(text).contains(from);
    set(path, text.replace(from, to).getBytes(UTF_8));
  }

  void remove(String path) {
    files.remove(index(path));
  }

  void stage(String path, Stage stage) throws IOException {
    files.set(index(path), TreeFile.of(path, stage, bytes(path)));
  }

  /** Puts a file behind all others of its stage. */
  void last(String path) {
    files.add(files.remove(index(path)));
  }

  /** The signatures of a root again, after it was changed. */
  void sign(String root) throws IOException {
    String detached = root.endsWith(".xml") ? root + ".asc" : root + ".gpg";
    set(detached, signature(root));
    if (root.endsWith("/Release")) {
      String clear = root.replaceFirst("Release$", "InRelease");
      sign(root, clear);
    }
  }

  /** A text with one signature. */
  void sign(String text, String clear) throws IOException {
    set(clear, key.clearsigned(bytes(text), DATE));
  }

  byte[] signature(String path) throws IOException {
    return Armor.encode(packet(path, key));
  }

  byte[] packet(String path, SecretKey by) throws IOException {
    return by.detached(Blob.of(bytes(path)), DATE);
  }

  private int index(String path) {
    for (int i = 0; i < files.size(); i++) {
      if (files.get(i).path().equals(path)) {
        return i;
      }
    }
    throw new AssertionError(path);
  }
}
