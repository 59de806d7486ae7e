package io.klts.repo.source;

import io.klts.repo.blob.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A tree, or a part of one, in a tar archive that this program made. */
public final class TarSource implements TreeSource {

  /** More than any manifest lists; bounds the memory that a file can make us use. */
  private static final int MOST_ENTRIES = 500_000;

  private record Place(long at, long size) {}

  private final Path file;
  private final FileChannel channel;
  private final SortedMap<String, Place> places = new TreeMap<>();

  /**
   * Opens an archive and reads where in it each file is.
   *
   * @throws IOException if it is not one of ours, or not whole
   */
  public TarSource(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file);
    try {
      readIndex();
    } catch (IOException e) {
      channel.close();
      throw new IOException(
          file + ": " + e.getMessage() + "; expected an archive as \"mirror bundle\" makes it", e);
    }
  }

  private void readIndex() throws IOException {
    long length = channel.size();
    long at = 0;
    for (byte[] header = block(at); !isZero(header); header = block(at)) {
      TarEntry entry = entry(header, at);
      Place place = new Place(at + TarEntry.BLOCK, entry.size());
      at += entry.length();
      if (at > length) {
        throw new IOException("it ends within " + entry.path() + ", copy it again");
      }
      if (places.put(entry.path(), place) != null) {
        throw new IOException(entry.path() + " is in it twice");
      }
      if (places.size() > MOST_ENTRIES) {
        throw new IOException("it has more than " + MOST_ENTRIES + " files");
      }
    }
    if (length - at != 2L * TarEntry.BLOCK || !isZero(block(at + TarEntry.BLOCK))) {
      throw new IOException("after its last file at byte " + at + " it does not end as it should");
    }
  }

  private static TarEntry entry(byte[] header, long at) throws IOException {
    try {
      return TarEntry.parse(header);
    } catch (IOException e) {
      throw new IOException("at byte " + at + ", " + e.getMessage(), e);
    }
  }

  private byte[] block(long at) throws IOException {
    byte[] bytes = new byte[TarEntry.BLOCK];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new IOException("it ends at byte " + channel.size() + ", copy it again");
      }
    }
    return bytes;
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Optional<InputStream> open(String path) throws IOException {
    return open(path, 0).map(Tail::in);
  }

  @Override
  public Optional<Tail> open(String path, long from) throws IOException {
    Place place = places.get(path);
    if (place == null) {
      return Optional.empty();
    }
    if (from > place.size) {
      throw new EOFException(file + ": " + path + " has " + place.size + " bytes only");
    }
    return Optional.of(new Tail(from, new Content(place.at + from, place.at + place.size)));
  }

  @Override
  public Optional<SortedMap<String, Kind>> list() {
    SortedMap<String, Kind> names = new TreeMap<>();
    places.keySet().forEach(path -> names.put(path, Kind.FILE));
    return Optional.of(names);
  }

  @Override
  public Map<String, Sha256> earlier() {
    return Map.of();
  }

  @Override
  public boolean isPart() {
    return true;
  }

  /** For messages. */
  @Override
  public String toString() {
    return file.toString();
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** A piece of the archive; several can be read side by side. */
  private final class Content extends InputStream {
    private long at;
    private final long end;

    Content(long at, long end) {
      this.at = at;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int wanted = (int) Math.min(length, end - at);
      if (wanted == 0) {
        return length == 0 ? 0 : -1;
      }
      int n = channel.read(ByteBuffer.wrap(buffer, offset, wanted), at);
      at += Math.max(n, 0);
      return n;
    }
  }
}
