package io.klts.repo.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.ArrayCache;

class BlockCacheTest {

  private static final Sha256 KEY = keyOf(0);

  @TempDir Path folder;
  private BlockCache cache;

  @BeforeEach
  void openCache() throws IOException {
    cache = BlockCache.at(folder, 1 << 20);
  }

  @Test
  void whatWasAddedIsFoundAgain() throws IOException {
    CachedBlock added = cache.add(KEY, block(0));
    assertThat(cache.find(KEY)).contains(added);
    assertThat(cache.find(keyOf(1))).isEmpty();
  }

  @Test
  void aKeyNamesContentAndSettings() {
    Encoding encoding = Profile.X86.encoding();
    Sha256 content = Sha256.of(new byte[1]);
    assertThat(
            List.of(
                BlockCache.key(content, encoding),
                BlockCache.key(Sha256.of(new byte[2]), encoding),
                BlockCache.key(content, Profile.ARM64.encoding()),
                BlockCache.key(content, encoding.fitting(1))))
        .doesNotHaveDuplicates();
  }

  @Test
  void anEntryWithOneWrongBitIsNoEntry() throws IOException {
    Path file = cache.add(KEY, block(0)).file();
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x10;
      Files.write(file, damaged);
      assertThat(cache.find(KEY)).as("octet %d of %d", at, whole.length).isEmpty();
    }
  }

  @Test
  void anEntryThatWasCutIsNoEntry() throws IOException {
    Path file = cache.add(KEY, block(0)).file();
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(cache.find(KEY)).as("cut to %d octets", length).isEmpty();
    }
  }

  @Test
  void anEntryInTheWrongPlaceIsNoEntry() throws IOException {
    Path one = cache.add(KEY, block(0)).file();
    Path other = cache.add(keyOf(1), block(1)).file();
    Files.write(one, Files.readAllBytes(other));
    assertThat(cache.find(KEY)).isEmpty();
  }

  @Test
  void aDamagedEntryIsReplaced() throws IOException {
    Files.write(cache.add(KEY, block(0)).file(), new byte[0]);
    CachedBlock added = cache.add(KEY, block(0));
    assertThat(cache.find(KEY)).contains(added);
  }

  @Test
  void theLeastRecentlyUsedBlocksGoFirst() throws IOException {
    long one = useFourBlocks(Long.MAX_VALUE);
    cache = BlockCache.at(folder, 2 * one + one / 2);
    cache.enter();
    assertThat(cache.find(keyOf(0))).as("used now").isPresent();
    cache.leave();
    assertThat(present()).containsExactly(true, false, false, true);
  }

  @Test
  void aLimitOfZeroKeepsNothing() throws IOException {
    useFourBlocks(0);
    assertThat(present()).containsExactly(false, false, false, false);
  }

  @Test
  void nothingIsDeletedWhileSomebodyUsesTheFolder() throws IOException {
    BlockCache user = BlockCache.at(folder, 0);
    user.enter();
    useFourBlocks(0);
    assertThat(present()).containsExactly(true, true, true, true);
    user.leave();
    assertThat(present()).containsExactly(false, false, false, false);
  }

  @Test
  void onlyWhatTheCacheWroteIsDeleted() throws IOException {
    Path mine = Files.writeString(folder.resolve("notes"), "keep");
    Path unfinished = Files.createDirectories(folder.resolve("00")).resolve("." + KEY + "1.part");
    Files.writeString(unfinished, "half a block");
    useFourBlocks(0);
    assertThat(mine).exists();
    assertThat(unfinished).doesNotExist();
  }

  @Test
  void whatCannotBeSavedGoesElsewhereAndIsToldOnce() throws IOException {
    Path spare = folder.resolve("spare");
    List<String> told = new ArrayList<>();
    Files.createFile(cache.fileOf(KEY).getParent());
    Files.createFile(cache.fileOf(keyOf(1)).getParent());
    BlockCache careful = cache.orElse(spare, told::add);

    assertThat(careful.add(KEY, block(0)).file()).hasParent(spare);
    assertThat(careful.add(keyOf(1), block(1)).file()).hasParent(spare);
    assertThat(told).hasSize(1);
    assertThat(told.get(0)).contains("cannot save ", folder.toString());
  }

  @Test
  void aNegativeLimitIsRefused() {
    assertThatThrownBy(() -> BlockCache.at(folder, -1)).hasMessageContaining("maxBytes < 0: -1");
  }

  /** Adds blocks 0 to 3, last used in this order, and gives the length of the longest entry. */
  private long useFourBlocks(long maxBytes) throws IOException {
    BlockCache used = BlockCache.at(folder, maxBytes);
    used.enter();
    long longest = 0;
    for (int i = 0; i < 4; i++) {
      Path file = used.add(keyOf(i), block(i)).file();
      Files.setLastModifiedTime(file, FileTime.fromMillis(1000L * i));
      longest = Math.max(longest, Files.size(file));
    }
    used.leave();
    return longest;
  }

  private List<Boolean> present() {
    return List.of(0, 1, 2, 3).stream().map(i -> Files.exists(cache.fileOf(keyOf(i)))).toList();
  }

  private static Sha256 keyOf(int number) {
    return BlockCache.key(Sha256.of(new byte[number]), Encoding.SMALL_PIECES);
  }

  private static EncodedBlock block(int seed) throws IOException {
    return EncodedBlock.of(
        Contents.programLike(seed, 300), Encoding.SMALL_PIECES, ArrayCache.getDummyCache());
  }
}
