package io.klts.repo.mirror;

import io.klts.repo.blob.IoReason;
import io.klts.repo.blob.Sha256;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.source.TarEntry;
import io.klts.repo.store.Limits;
import io.klts.repo.store.RefusedException;
import io.klts.repo.store.Retry;
import io.klts.repo.store.Throttle;
import io.klts.repo.tree.CopyNote;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.StageOrder;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A tree, or what came to it since some serial, as one tar archive: the manifest and its signature
 * first, then the files in the order in which they may become visible. The same files give the same
 * archive, byte for byte.
 */
public final class Bundle {

  /**
   * What is wanted.
   *
   * @param out the archive
   * @param keys to believe; empty to take the manifest of a tree of one's own as it is
   * @param forceExpired takes a tree whose end is past
   * @param since what the reader has already; absent for a reader who has nothing
   */
  public record Order(
      Path out,
      List<PublicKey> keys,
      Upstream from,
      Selection selection,
      boolean forceExpired,
      Optional<Manifest> since,
      Limits limits) {}

  /**
   * What came of it.
   *
   * @param files in the archive, without manifest and signature
   * @param bytes of the archive
   * @param continued of these bytes, what an earlier run had written already
   */
  public record Result(long serial, int files, long bytes, long continued) {}

  private record Item(String path, Manifest.Entry entry, Optional<TreeFile> file) {}

  private final Order order;
  private final Pull.Listener listener;
  private final Instant now;

  public Bundle(Order order, Pull.Listener listener, Instant now) {
    this.order = order;
    this.listener = listener;
    this.now = now;
  }

  /**
   * Writes the archive. It has its name when it is whole; until then, what there is lies beside it,
   * and the next run goes on with that.
   *
   * @throws IOException if something cannot be had, is not as the manifest says, or be written
   */
  public Result run() throws IOException {
    Offer offer = offer();
    List<Item> items = items(offer);
    long total = 2L * TarEntry.BLOCK;
    for (Item item : items) {
      total += TarEntry.of(item.path, item.entry.size()).length();
    }
    Path part = order.out().resolveSibling(order.out().getFileName() + ".part");
    long continued;
    try (FileChannel channel =
            FileChannel.open(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        Pull.Listener.Steps steps = listener.begin(total)) {
      int kept = keep(channel, items);
      continued = channel.position();
      steps.add(continued);
      for (Item item : items.subList(kept, items.size())) {
        long begin = channel.position();
        write(channel, item);
        steps.add(channel.position() - begin);
      }
      write(channel, new byte[2 * TarEntry.BLOCK]);
      channel.force(true);
    }
    Files.move(part, order.out(), StandardCopyOption.ATOMIC_MOVE);
    return new Result(offer.manifest().serial(), items.size() - 2, total, continued);
  }

  private Offer offer() throws IOException {
    if (!order.keys().isEmpty()) {
      Trust trust =
          Trust.of(order.keys(), Optional.empty(), CopyNote.blank(), now, order.forceExpired());
      return Offer.ask(List.of(order.from()), trust).best();
    }
    byte[] bytes = needed(Manifest.PATH, Manifest.LARGEST);
    byte[] signature = needed(Manifest.SIGNATURE_PATH, Manifest.LARGEST_SIGNATURE);
    return Offer.of(order.from(), bytes, signature, Manifest.published(bytes, order.from().name()));
  }

  private byte[] needed(String path, int limit) throws IOException {
    return order
        .from()
        .source()
        .read(path, limit)
        .orElseThrow(
            () ->
                new IOException(
                    order.from().name() + " has no " + path + ": a bundle needs a signed tree"));
  }

  private List<Item> items(Offer offer) throws IOException {
    List<Item> items = new ArrayList<>();
    for (TreeFile file : List.of(offer.signature(), offer.text())) {
      items.add(new Item(file.path(), Manifest.Entry.of(file), Optional.of(file)));
    }
    SortedMap<String, Manifest.Entry> files = new TreeMap<>(offer.manifest().entries());
    files.keySet().removeAll(leftOut(offer));
    files.keySet().removeAll(order.from().source().leftOut());
    order.since().ifPresent(old -> files.entrySet().removeAll(old.entries().entrySet()));
    files.entrySet().stream()
        .sorted(
            Comparator.comparing(
                    (Map.Entry<String, Manifest.Entry> file) -> file.getValue().stage())
                .thenComparing(Map.Entry::getKey, StageOrder.ROOTS))
        .forEach(file -> items.add(new Item(file.getKey(), file.getValue(), Optional.empty())));
    return items;
  }

  private Set<String> leftOut(Offer offer) throws IOException {
    Path temporary = Files.createTempDirectory("klts-repo-bundle");
    Downloads downloads = new Downloads(temporary, List.of(order.from()), order.limits(), n -> {});
    SortedMap<String, Manifest.Entry> entries = offer.manifest().entries();
    try {
      return order
          .selection()
          .leftOut(
              entries.keySet(),
              path ->
                  entries.containsKey(path)
                      ? Optional.of(downloads.fetch(path, entries.get(path)))
                      : Optional.empty());
    } finally {
      downloads.forgetOthers(Map.of());
      Files.delete(temporary);
    }
  }

  /** Looks how many entries an earlier run wrote as they have to be, and goes behind the last. */
  private static int keep(FileChannel channel, List<Item> items) throws IOException {
    long end = channel.size();
    long at = 0;
    int kept = 0;
    for (Item item : items) {
      TarEntry entry = TarEntry.of(item.path, item.entry.size());
      if (at + entry.length() > end || !isAt(channel, at, entry, item.entry.sha256())) {
        break;
      }
      at += entry.length();
      kept++;
    }
    channel.truncate(at);
    channel.position(at);
    return kept;
  }

  private static boolean isAt(FileChannel channel, long at, TarEntry entry, Sha256 sha256)
      throws IOException {
    channel.position(at);
    InputStream in = Channels.newInputStream(channel);
    if (!Arrays.equals(in.readNBytes(TarEntry.BLOCK), entry.header())) {
      return false;
    }
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[1 << 16];
    for (long left = entry.size(); left > 0; ) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        return false;
      }
      digest.update(buffer, 0, n);
      left -= n;
    }
    byte[] padding = in.readNBytes((int) (entry.length() - TarEntry.BLOCK - entry.size()));
    return Sha256.finished(digest).equals(sha256)
        && Arrays.equals(padding, new byte[padding.length]);
  }

  private void write(FileChannel channel, Item item) throws IOException {
    TarEntry entry = TarEntry.of(item.path, item.entry.size());
    long begin = channel.position();
    new Retry(order.limits().attempts())
        .call(
            () -> {
              channel.truncate(begin);
              channel.position(begin);
              write(channel, entry.header());
              copy(channel, item);
              write(channel, new byte[(int) (begin + entry.length() - channel.position())]);
              return begin;
            });
  }

  private void copy(FileChannel channel, Item item) throws IOException {
    MessageDigest digest = Sha256.digest();
    long size = item.entry.size();
    long count = 0;
    try (InputStream in = new Throttle(order.limits().bytesPerSecond()).slow(open(item))) {
      byte[] buffer = new byte[(int) Math.min(1 << 16, size + 1)];
      for (int n = in.read(buffer); n >= 0 && count <= size; n = in.read(buffer)) {
        count += n;
        digest.update(buffer, 0, n);
        write(channel, ByteBuffer.wrap(buffer, 0, n));
      }
    }
    Sha256 found = Sha256.finished(digest);
    if (count != size || !found.equals(item.entry.sha256())) {
      throw new IOException(
          item.path
              + " from "
              + order.from().name()
              + ": expected "
              + size
              + " bytes with SHA-256 "
              + item.entry.sha256()
              + ", found "
              + (count > size ? "more" : count + " with " + found));
    }
  }

  private InputStream open(Item item) throws IOException {
    if (item.file.isPresent()) {
      return item.file.get().content().open();
    }
    return order
        .from()
        .source()
        .open(item.path)
        .orElseThrow(
            () ->
                new IOException(
                    order.from().name() + " has no " + item.path + ", which its manifest lists"));
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    write(channel, ByteBuffer.wrap(bytes));
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new RefusedException("cannot write the archive: " + IoReason.of(e), e);
    }
  }
}
