package io.klts.repo.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Sha256;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ListingTest {

  private static Manifest.Entry entry(String path) {
    return new Manifest.Entry(Sha256.of(path.getBytes(UTF_8)), path.length(), Stage.PAYLOAD);
  }

  private static SortedMap<String, Manifest.Entry> map(List<String> paths) {
    TreeMap<String, Manifest.Entry> map = new TreeMap<>();
    paths.forEach(path -> map.put(path, entry(path)));
    return map;
  }

  @Test
  void isWhatTheMapOfJavaIs() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      SortedMap<String, Manifest.Entry> map =
          map(random.ints(round % 40).mapToObj(i -> word(i)).toList());
      Listing listing = Listing.of(map);
      String from = word(random.nextInt());
      String to = word(random.nextInt());

      same(listing, map);
      same(listing.headMap(to), map.headMap(to));
      same(listing.tailMap(from), map.tailMap(from));
      if (from.compareTo(to) <= 0) {
        same(listing.subMap(from, to), map.subMap(from, to));
        same(listing.tailMap(from).headMap(to), map.subMap(from, to));
      }
      assertThat(listing.get(from)).isEqualTo(map.get(from));
      assertThat(listing.containsKey(to)).isEqualTo(map.containsKey(to));
    }
  }

  /** One of few, so that some are there and some are not. */
  private static String word(int number) {
    return Integer.toString(Math.floorMod(number, 100), 3);
  }

  private static void same(Listing listing, SortedMap<String, Manifest.Entry> map) {
    assertThat(listing.equals(map)).isTrue();
    assertThat(map.equals(listing)).isTrue();
    assertThat(listing.equals(Listing.of(new TreeMap<>(map)))).isTrue();
    assertThat(listing.hashCode()).isEqualTo(map.hashCode());
    assertThat(listing.keySet()).containsExactlyElementsOf(map.keySet());
    assertThat(listing.values()).containsExactlyElementsOf(map.values());
    assertThat(new TreeMap<>(listing)).isEqualTo(map);
    if (map.isEmpty()) {
      assertThatThrownBy(listing::firstKey).isInstanceOf(NoSuchElementException.class);
      assertThatThrownBy(listing::lastKey).isInstanceOf(NoSuchElementException.class);
    } else {
      assertThat(listing.firstKey()).isEqualTo(map.firstKey());
      assertThat(listing.lastKey()).isEqualTo(map.lastKey());
    }
  }

  @Test
  void neitherMapNorBuilderCanChangeIt() {
    SortedMap<String, Manifest.Entry> map = map(List.of("a"));
    Listing listing = Listing.of(map);
    map.clear();

    assertThat(listing).hasSize(1);
    assertThatThrownBy(() -> listing.put("b", entry("b")))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> listing.remove("a")).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void differsWithTheLastByteOfAnEntry() {
    SortedMap<String, Manifest.Entry> map = map(List.of("a", "b"));
    Listing listing = Listing.of(map);
    map.put("b", new Manifest.Entry(Sha256.of("b".getBytes(UTF_8)), 1, Stage.ROOT));

    assertThat(listing.equals(Listing.of(map))).isFalse();
  }
}
