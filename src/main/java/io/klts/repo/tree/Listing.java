package io.klts.repo.tree;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BiConsumer;

/**
 * The files of a manifest by path, as two arrays. A tree has thousands of them, and most commands
 * ask for few: an array that was read in its order costs a tenth of a search tree.
 */
@SuppressWarnings("JdkObsolete") // Nobody needs the neighbours that a NavigableMap has.
final class Listing extends AbstractMap<String, Manifest.Entry>
    implements SortedMap<String, Manifest.Entry> {

  private final String[] paths;
  private final Manifest.Entry[] entries;
  private final int first;
  private final int end;

  private Listing(String[] paths, Manifest.Entry[] entries, int first, int end) {
    this.paths = paths;
    this.entries = entries;
    this.first = first;
    this.end = end;
  }

  /** What another map has now, in its natural order. */
  static Listing of(SortedMap<String, Manifest.Entry> map) {
    return map instanceof Listing listing
        ? listing
        : new Listing(
            map.keySet().toArray(new String[0]),
            map.values().toArray(new Manifest.Entry[0]),
            0,
            map.size());
  }

  /** Takes files in the order of their paths. */
  static final class Builder {

    private String[] paths;
    private Manifest.Entry[] entries;
    private int size;

    /**
     * @param expected how many there are, about
     */
    Builder(int expected) {
      paths = new String[expected];
      entries = new Manifest.Entry[expected];
    }

    /** The last path; absent at first. */
    String last() {
      return size == 0 ? "" : paths[size - 1];
    }

    void add(String path, Manifest.Entry entry) {
      if (size == paths.length) {
        paths = Arrays.copyOf(paths, 2 * size + 1);
        entries = Arrays.copyOf(entries, 2 * size + 1);
      }
      paths[size] = path;
      entries[size++] = entry;
    }

    Listing build() {
      return new Listing(paths, entries, 0, size);
    }
  }

  @Override
  public int size() {
    return end - first;
  }

  /** The place of a path; of one that is not there, what {@link Arrays#binarySearch} says. */
  private int find(Object path) {
    return Arrays.binarySearch(paths, first, end, path);
  }

  @Override
  public boolean containsKey(Object path) {
    return find(path) >= 0;
  }

  @Override
  public Manifest.Entry get(Object path) {
    int at = find(path);
    return at < 0 ? null : entries[at];
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super Manifest.Entry> action) {
    for (int at = first; at < end; at++) {
      action.accept(paths[at], entries[at]);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Listing listing
        ? Arrays.equals(paths, first, end, listing.paths, listing.first, listing.end)
            && Arrays.equals(entries, first, end, listing.entries, listing.first, listing.end)
        : super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }

  @Override
  public Set<Map.Entry<String, Manifest.Entry>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return Listing.this.size();
      }

      @Override
      public Iterator<Map.Entry<String, Manifest.Entry>> iterator() {
        return new Iterator<>() {
          private int at = first;

          @Override
          public boolean hasNext() {
            return at < end;
          }

          @Override
          public Map.Entry<String, Manifest.Entry> next() {
            if (at == end) {
              throw new NoSuchElementException();
            }
            return Map.entry(paths[at], entries[at++]);
          }
        };
      }
    };
  }

  @Override
  public Comparator<? super String> comparator() {
    return null;
  }

  @Override
  public Listing subMap(String from, String to) {
    int begin = notBefore(from);
    return new Listing(paths, entries, begin, Math.max(begin, notBefore(to)));
  }

  @Override
  public Listing headMap(String to) {
    return new Listing(paths, entries, first, notBefore(to));
  }

  @Override
  public Listing tailMap(String from) {
    return new Listing(paths, entries, notBefore(from), end);
  }

  private int notBefore(String path) {
    int at = find(path);
    return at < 0 ? -at - 1 : at;
  }

  @Override
  public String firstKey() {
    return key(first);
  }

  @Override
  public String lastKey() {
    return key(end - 1);
  }

  private String key(int at) {
    if (first == end) {
      throw new NoSuchElementException("a listing without files");
    }
    return paths[at];
  }
}
