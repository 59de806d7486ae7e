package io.klts.repo.mirror;

import io.klts.repo.blob.Blob;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Verifier;
import io.klts.repo.store.Store;
import io.klts.repo.tree.Generations.Generation;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.StageOrder;
import io.klts.repo.tree.StoredTree;
import io.klts.repo.tree.TreeFile;
import io.klts.repo.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Brings a copy of a tree up to date: what the manifests differ in, stage by stage, then deletes.
 * Wherever it stops, readers of the copy find the old tree or the new one, and the next push goes
 * on from there.
 *
 * <p>The copy itself holds all that a push has to know of it: its manifest, and in {@link #HELD}
 * the paths that were ever put there. Neither is trusted: what they say wrongly is seen when the
 * copy is read back.
 */
public final class Push {

  /** In the copy: a line for each path that may be there. Not in the manifest. */
  static final String HELD = "project/trace/pushed";

  /** Of the list of paths, which is shorter than the manifest. */
  private static final int LARGEST_LIST = Manifest.LARGEST;

  /** Below this many deletes their share of the copy says nothing. */
  private static final int FEW = 50;

  private final StoredTree tree;
  private final Reference reference;
  private final Store store;
  private final Guard guard;

  /**
   * What is put and deleted whatever the copy says.
   *
   * @param all puts every file, also those that the copy should have already
   * @param older lets the copy go back to an earlier serial
   * @param maxDeletes the most files to delete
   * @param maxPercent the most files to delete, of a hundred that the copy has
   */
  public record Guard(boolean all, boolean older, int maxDeletes, int maxPercent) {}

  /**
   * What is to be done.
   *
   * @param serialBefore of the copy; 0 if it has none, or none that our keys signed
   * @param serial of the tree
   * @param stages what to put, by stage
   * @param resumed files that a push before this one had put already
   * @param deletes paths that no kept state of the tree needs
   */
  public record Plan(
      long serialBefore,
      long serial,
      Map<Stage, List<TreeFile>> stages,
      int resumed,
      List<String> deletes,
      NavigableSet<String> held) {

    /** How many files are put. */
    public int files() {
      return stages.values().stream().mapToInt(List::size).sum();
    }

    /** How many bytes are put. */
    public long bytes() {
      return stages.values().stream()
          .flatMap(List::stream)
          .mapToLong(file -> file.content().size())
          .sum();
    }

    /** Whether the copy is as the tree already. */
    public boolean isEmpty() {
      return files() == 0 && deletes.isEmpty();
    }
  }

  /**
   * A push of a tree to a store. The tree may be changed meanwhile: then the push fails, and {@link
   * StoredTree#look} begins again.
   *
   * @param reference the same tree
   */
  public Push(StoredTree tree, Reference reference, Store store, Guard guard) {
    this.tree = tree;
    this.reference = reference;
    this.store = store;
    this.guard = guard;
  }

  /**
   * Looks at the copy and changes nothing.
   *
   * @param again files to put whatever the copy says, if the tree has them
   * @throws IOException if the tree is damaged or not signed, the copy is newer, too much would be
   *     deleted, or the store does not answer
   */
  public Plan plan(Set<String> again) throws IOException {
    Manifest manifest = tree.manifest();
    List<PublicKey> keys = reference.keys();
    byte[] bytes = reference.manifest().bytes();
    byte[] signature = signature();
    verify(keys, bytes, signature);
    Manifest there = there(keys);
    if (there.serial() > manifest.serial() && !guard.older()) {
      throw new IOException(
          "the copy has serial "
              + there.serial()
              + ", the tree in "
              + tree.root()
              + " serial "
              + manifest.serial()
              + "\n  nothing was changed; push from the newer tree, or say --older to go back");
    }
    NavigableSet<String> held = held();
    there.entries().keySet().forEach(held::add);
    List<TreeFile> payload = new ArrayList<>();
    List<TreeFile> index = new ArrayList<>();
    List<TreeFile> root = new ArrayList<>();
    int resumed = 0;
    for (Map.Entry<String, Manifest.Entry> listed : manifest.entries().entrySet()) {
      String path = listed.getKey();
      Manifest.Entry entry = listed.getValue();
      boolean wrong = guard.all() || again.contains(path);
      if (entry.equals(there.entries().get(path)) && !wrong) {
        continue;
      }
      switch (entry.stage()) {
        case PAYLOAD -> {
          if (!wrong && held.contains(path) && isThere(path, entry)) {
            resumed++;
          } else {
            payload.add(file(path, entry));
          }
        }
        case INDEX -> index.add(file(path, entry));
        default -> root.add(root(path, entry));
      }
    }
    boolean whole = payload.isEmpty() && index.isEmpty() && root.isEmpty();
    if (there.serial() != manifest.serial() || !whole || again.contains(Manifest.PATH)) {
      root.add(TreeFile.of(Manifest.SIGNATURE_PATH, Stage.ROOT, signature));
      root.add(TreeFile.of(Manifest.PATH, Stage.ROOT, bytes));
    }
    root.sort((a, b) -> StageOrder.ROOTS.compare(a.path(), b.path()));
    List<String> deletes = deletes(held);
    return new Plan(
        there.serial(),
        manifest.serial(),
        Map.of(Stage.PAYLOAD, payload, Stage.INDEX, index, Stage.ROOT, root),
        resumed,
        deletes,
        held);
  }

  /**
   * Does what was planned.
   *
   * @param done is told each file that arrived; from any thread
   */
  public void run(Plan plan, Consumer<TreeFile> done) throws IOException {
    NavigableSet<String> held = new TreeSet<>(plan.held);
    held.addAll(tree.manifest().entries().keySet());
    if (!held.equals(plan.held)) {
      putHeld(held);
    }
    store.put(plan.stages.get(Stage.PAYLOAD), done);
    store.put(plan.stages.get(Stage.INDEX), done);
    Map<String, List<TreeFile>> folders = new LinkedHashMap<>();
    for (TreeFile file : plan.stages.get(Stage.ROOT)) {
      folders.computeIfAbsent(StageOrder.folder(file.path()), f -> new ArrayList<>()).add(file);
    }
    // What names the roots of all folders comes after all of them.
    List<TreeFile> top = folders.remove("");
    store.putInOrder(folders.values(), done);
    if (top != null) {
      store.putInOrder(List.of(top), done);
    }
    if (!plan.deletes.isEmpty()) {
      store.delete(plan.deletes);
      plan.deletes.forEach(held::remove);
      putHeld(held);
    }
  }

  private void putHeld(Collection<String> held) throws IOException {
    byte[] lines = (String.join("\n", held) + "\n").getBytes(StandardCharsets.UTF_8);
    store.put(List.of(TreeFile.of(HELD, Stage.PAYLOAD, lines)), file -> {});
  }

  private void verify(List<PublicKey> keys, byte[] manifest, byte[] signature) throws IOException {
    try {
      new Verifier(keys).detached(Blob.of(manifest), signature);
    } catch (IOException e) {
      throw new IOException(
          tree.root().resolve(Manifest.SIGNATURE_PATH)
              + ": "
              + e.getMessage()
              + "\n  nothing was changed; restore the tree from a copy of it",
          e);
    }
  }

  /** The manifest of the copy if one of our keys signed it; else as if there were none. */
  private Manifest there(List<PublicKey> keys) throws IOException {
    Optional<byte[]> bytes = store.read(Manifest.PATH, Manifest.LARGEST);
    Optional<byte[]> signature =
        bytes.isEmpty() ? bytes : store.read(Manifest.SIGNATURE_PATH, Manifest.LARGEST_SIGNATURE);
    if (signature.isEmpty()) {
      return Manifest.empty();
    }
    try {
      new Verifier(keys).detached(Blob.of(bytes.get()), signature.get());
      return Manifest.parse(bytes.get(), Manifest.PATH);
    } catch (IOException e) {
      // Stopped between the two files, or somebody else's: what it lists has to be put again.
      return Manifest.empty();
    }
  }

  private NavigableSet<String> held() throws IOException {
    NavigableSet<String> held = new TreeSet<>();
    Optional<byte[]> lines = store.read(HELD, LARGEST_LIST);
    if (lines.isPresent()) {
      for (String line : new String(lines.get(), StandardCharsets.UTF_8).lines().toList()) {
        try {
          held.add(TreePath.check(line));
        } catch (IllegalArgumentException e) {
          throw new IOException(
              HELD
                  + " of the copy is damaged: "
                  + e.getMessage()
                  + "\n  nothing was changed; delete that file there",
              e);
        }
      }
    }
    return held;
  }

  /** A payload's name stands for its content, and a store shows no half files. */
  private boolean isThere(String path, Manifest.Entry entry) throws IOException {
    OptionalLong size = store.size(path);
    return size.isPresent() && size.getAsLong() == entry.size();
  }

  private List<String> deletes(NavigableSet<String> held) throws IOException {
    NavigableSet<String> deletes = new TreeSet<>(held);
    deletes.removeAll(tree.manifest().entries().keySet());
    for (Generation generation : reference.earlier()) {
      deletes.removeAll(generation.manifest().entries().keySet());
    }
    deletes.remove(HELD);
    long percent = held.isEmpty() ? 0 : deletes.size() * 100L / held.size();
    boolean tooMany =
        deletes.size() > guard.maxDeletes()
            || (deletes.size() > FEW && percent > guard.maxPercent());
    if (tooMany) {
      throw new IOException(
          "%d of %d files of the copy (%d %%) would be deleted; allowed are %d and %d %%"
                  .formatted(
                      deletes.size(), held.size(), percent, guard.maxDeletes(), guard.maxPercent())
              + "\n  nothing was changed; the first is "
              + deletes.first()
              + "; look with --dry-run, and allow it with --max-delete and --max-delete-percent");
    }
    return List.copyOf(deletes);
  }

  private TreeFile file(String path, Manifest.Entry entry) throws IOException {
    Path file =
        tree.file(path)
            .orElseThrow(
                () ->
                    new IOException(
                        tree.root().resolve(path)
                            + " is missing; the manifest lists it\n  restore the tree from a copy"));
    Blob content = Blob.of(file);
    if (content.size() != entry.size()) {
      throw damaged(file, content.size() + " bytes", entry.size() + " bytes");
    }
    return new TreeFile(path, entry.stage(), content, entry.sha256());
  }

  /** In memory, so that nothing between the first root and the last has to be read. */
  private TreeFile root(String path, Manifest.Entry entry) throws IOException {
    TreeFile root = TreeFile.of(path, Stage.ROOT, file(path, entry).content().bytes());
    if (!root.sha256().equals(entry.sha256())) {
      throw damaged(
          tree.root().resolve(path), "SHA-256 " + root.sha256(), "SHA-256 " + entry.sha256());
    }
    return root;
  }

  private static IOException damaged(Path file, String found, String expected) {
    return new IOException(
        file
            + " has "
            + found
            + "; the manifest lists "
            + expected
            + "\n  nothing was changed; restore the tree from a copy");
  }

  private byte[] signature() throws IOException {
    Optional<Path> file = tree.file(Manifest.SIGNATURE_PATH);
    if (file.isEmpty() || reference.keys().isEmpty()) {
      throw new IOException(
          tree.root()
              + " is not signed: clients would refuse its copies\n  nothing was changed; sign it with"
              + " reindex");
    }
    return Blob.of(file.get()).bytes();
  }
}
