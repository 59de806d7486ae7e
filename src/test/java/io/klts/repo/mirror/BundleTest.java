package io.klts.repo.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.publish.TinyTree;
import io.klts.repo.source.BadServer;
import io.klts.repo.source.BadServer.Fault;
import io.klts.repo.source.TarEntry;
import io.klts.repo.source.TarSource;
import io.klts.repo.store.Limits;
import io.klts.repo.tree.Generations;
import io.klts.repo.tree.Manifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A tree in one file is one more source, which nobody has to trust. */
@Timeout(120)
class BundleTest {

  private static final String DEB = "apt/pool/main/k/kubelet/kubelet_1.28.15-lts.2_amd64.deb";

  @TempDir private static Path trees;
  private static Path older;
  private static Path newer;

  @TempDir private Path folder;
  private TinyCopy copy;
  private Path out;

  @BeforeAll
  static void publish() throws IOException {
    TinyTree tiny = new TinyTree(trees);
    tiny.publish("v1.28.15-lts.1");
    older = trees.resolve("older");
    PathUtils.copyDirectory(tiny.root(), older);
    tiny.publish("v1.28.15-lts.2");
    newer = tiny.root();
  }

  @BeforeEach
  void begin() {
    copy = new TinyCopy(folder.resolve("copy"));
    out = folder.resolve("bundle.tar");
  }

  private Bundle.Result bundle(Upstream from, Selection selection, Optional<Manifest> since)
      throws IOException {
    return new Bundle(
            new Bundle.Order(out, List.of(), from, selection, false, since, new Limits(2, 1, 0)),
            new Pull.Listener() {
              @Override
              public void note(String what, String text) {
                copy.notes.add(what + " " + text);
              }

              @Override
              public Steps begin(long bytes) {
                return TinyCopy.steps();
              }
            },
            TinyCopy.NOW)
        .run();
  }

  private Bundle.Result bundle(Path tree) throws IOException {
    return bundle(TinyCopy.in(tree), Selection.EVERYTHING, Optional.empty());
  }

  private Pull.Result pull() throws IOException {
    try (TarSource source = new TarSource(out)) {
      return copy.pull(new Upstream(out.toString(), source)).run();
    }
  }

  @Test
  void aCopyMadeFromABundleIsTheTreeAndTheSameTreeGivesTheSameBundle() throws IOException {
    Bundle.Result first = bundle(newer);
    byte[] bytes = Files.readAllBytes(out);
    assertThat(first.continued()).isZero();
    assertThat(bytes).hasSize((int) first.bytes());

    pull();
    assertThat(copy.visible()).isEqualTo(TinyCopy.listed(newer));
    copy.assertGood();
    assertThat(pull().files()).isZero();

    // Of a copy as well, and over the web.
    bundle(copy.folder);
    assertThat(out).hasBinaryContent(bytes);
    try (BadServer server = new BadServer(newer, "no-such-file", Fault.SILENT)) {
      bundle(TinyCopy.at(server.url()), Selection.EVERYTHING, Optional.empty());
    }
    assertThat(out).hasBinaryContent(bytes);
  }

  @Test
  void aDifferenceIsSmallerAndSaysWhatItNeeds() throws IOException {
    long whole = bundle(newer).bytes();
    Manifest before = Generations.in(newer).of(1).manifest();
    assertThat(bundle(TinyCopy.in(newer), Selection.EVERYTHING, Optional.of(before)).bytes())
        .isLessThan(whole);

    assertThatThrownBy(this::pull)
        .hasMessageContaining("has not all that " + copy.folder + " needs")
        .hasMessageContaining("make it without --since")
        .hasMessageContaining("nothing was changed");
    assertThat(copy.visible()).isEmpty();

    copy.pull(TinyCopy.in(older)).run();
    Files.delete(copy.folder.resolve(DEB.replace("lts.2", "lts.1")));
    assertThatThrownBy(this::pull).hasMessageContaining("make it with --since 1 or an earlier");
    copy.pull(TinyCopy.in(older)).run();
    pull();
    assertThat(TinyCopy.listed(copy.folder)).isEqualTo(TinyCopy.listed(newer));
    copy.assertGood();
  }

  @Test
  void anInterruptedBundleIsContinuedWithTheEntriesThatAreRight() throws IOException {
    long size = bundle(newer).bytes();
    byte[] whole = Files.readAllBytes(out);
    Files.delete(out);
    Path part = folder.resolve("bundle.tar.part");
    for (int damage : new int[] {-1, (int) size / 3}) {
      byte[] cut = Arrays.copyOf(whole, (int) size / 2);
      if (damage > 0) {
        cut[damage] ^= 1;
      }
      Files.write(part, cut);
      Bundle.Result result = bundle(newer);
      assertThat(result.continued())
          .isPositive()
          .isLessThanOrEqualTo(damage > 0 ? damage : cut.length);
      assertThat(out).hasBinaryContent(whole);
      assertThat(part).doesNotExist();
    }
  }

  @Test
  void aFileThatIsNotAsTheManifestSaysStopsTheBundle() throws IOException {
    try (BadServer server = new BadServer(newer, DEB, Fault.SENDS_OTHERS)) {
      assertThatThrownBy(
              () -> bundle(TinyCopy.at(server.url()), Selection.EVERYTHING, Optional.empty()))
          .hasMessageContaining(DEB)
          .hasMessageContaining("expected ");
    }
    assertThat(out).doesNotExist();
    bundle(newer);
    pull();
    copy.assertGood();
  }

  @Test
  void aPartOfATreeTravelsAsOne() throws IOException {
    Selection part = TinyCopy.part(List.of(), List.of("amd64"), List.of("deb"));
    bundle(TinyCopy.in(newer), part, Optional.empty());
    assertThatThrownBy(this::pull).hasMessageContaining("the choice of channels");
    copy.selection = part;
    pull();
    copy.assertGood();
    assertThat(copy.visible()).containsKey(DEB);
  }

  /** Each byte of it, here one of each entry, is a thing that somebody may have changed. */
  @Test
  void aBundleThatWasTamperedWithIsRefused() throws IOException {
    copy.pull(TinyCopy.in(older)).run();
    Map<String, String> before = copy.visible();
    bundle(newer);
    byte[] whole = Files.readAllBytes(out);
    int step = whole.length / 60;
    int refused = 0;
    for (int at = 0; at < whole.length; at += step) {
      byte[] tampered = whole.clone();
      tampered[at] ^= 0x20;
      Files.write(out, tampered);
      try {
        pull();
        // Nobody reads that byte: it is of a file that the copy has already, or fills a block.
        assertThat(TinyCopy.listed(copy.folder)).isEqualTo(TinyCopy.listed(newer));
        copy.assertGood();
        PathUtils.deleteDirectory(copy.folder);
        copy.pull(TinyCopy.in(older)).run();
      } catch (IOException e) {
        assertThat(copy.visible()).isEqualTo(before);
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(20);
  }

  private void assertHostile(byte[] bytes, String words) throws IOException {
    Files.write(out, bytes);
    assertThatThrownBy(() -> new TarSource(out))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(out.toString())
        .hasMessageContaining(words);
  }

  private static byte[] tar(byte[]... headers) {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    for (byte[] header : headers) {
      tar.writeBytes(header);
    }
    tar.writeBytes(new byte[2 * TarEntry.BLOCK]);
    return tar.toByteArray();
  }

  private static byte[] changed(int at, String text) throws IOException {
    byte[] header = TarEntry.of("a/file", 0).header();
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, header, at, bytes.length);
    int sum = 0;
    for (int i = 0; i < header.length; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    byte[] checksum =
        "%06o\0 ".formatted(sum).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    System.arraycopy(checksum, 0, header, 148, checksum.length);
    return header;
  }

  @Test
  void anArchiveThatIsNotOneOfOursIsRefused() throws IOException {
    byte[] file = TarEntry.of("a/file", 0).header();
    Files.write(out, tar(file));
    try (TarSource source = new TarSource(out)) {
      assertThat(source.open("a/file")).isPresent();
      assertThat(source.open("a/other")).isEmpty();
    }
    assertHostile(new byte[0], "it ends at byte 0");
    assertHostile(tar(file, file), "a/file is in it twice");
    assertHostile(Arrays.copyOf(tar(file), 600), "it ends at byte 600");
    assertHostile(tar(TarEntry.of("a/file", 5000).header()), "it ends within a/file");
    assertHostile(Arrays.copyOf(tar(file), 4096), "it does not end as it should");
    String noFile = "at byte 0, an entry that is no plain file";
    assertHostile(tar(changed(0, "../file")), noFile);
    assertHostile(tar(changed(0, "/a/file")), noFile);
    for (String type : List.of("1", "2", "3", "5", "6", "L", "S", "x", "g")) {
      assertHostile(tar(changed(156, type)), noFile);
    }
    assertHostile(tar(changed(124, "77777777777")), "it ends within");
    assertHostile(tar(changed(124, "-0000000001")), noFile);
    assertHostile(tar(changed(157, "/etc/passwd")), noFile);
    assertHostile(tar(changed(100, "0000777")), noFile);
    file[0] = 'b';
    assertHostile(tar(file), noFile);
  }

  @Test
  void namesThatFillTheHeaderComeBack() throws IOException {
    String folders = "f".repeat(100) + "/" + "g".repeat(54);
    for (String path : List.of("n".repeat(100), folders + "/" + "n".repeat(100))) {
      TarEntry entry = TarEntry.of(path, 0);
      Files.write(out, tar(entry.header()));
      try (TarSource source = new TarSource(out)) {
        assertThat(source.open(path)).isPresent();
      }
    }
    assertThatThrownBy(() -> TarEntry.of("n".repeat(101), 0)).hasMessageContaining("does not fit");
    assertThatThrownBy(() -> TarEntry.of("n", 1L << 33)).hasMessageContaining("does not fit");
  }
}
