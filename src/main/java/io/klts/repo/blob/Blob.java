package io.klts.repo.blob;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Bytes that can be read as often as needed and are the same each time. */
public interface Blob {

  /** The number of bytes. */
  long size();

  /** Opens the bytes from the begin. The caller closes the stream. */
  InputStream open() throws IOException;

  /** The file that has exactly these bytes, if they are a file's. */
  default Optional<Path> file() {
    return Optional.empty();
  }

  /** Writes all bytes. Does not close {@code out}. */
  default void writeTo(OutputStream out) throws IOException {
    try (InputStream in = open()) {
      in.transferTo(out);
    }
  }

  /** All bytes, for blobs that are known to be small. */
  default byte[] bytes() throws IOException {
    try (InputStream in = open()) {
      return in.readAllBytes();
    }
  }

  /** A blob over an array, which the caller must not change afterwards. */
  static Blob of(byte[] bytes) {
    return new Blob() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public InputStream open() {
        return new ByteArrayInputStream(bytes);
      }
    };
  }

  /** A blob over a file, whose size is taken now. */
  static Blob of(Path file) throws IOException {
    long size = Files.size(file);
    return new Blob() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public InputStream open() throws IOException {
        return Files.newInputStream(file);
      }

      @Override
      public Optional<Path> file() {
        return Optional.of(file);
      }
    };
  }

  /** The bytes of some blobs, one after the other. */
  static Blob concat(List<? extends Blob> blobs) {
    long size = blobs.stream().mapToLong(Blob::size).sum();
    return new Blob() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public InputStream open() throws IOException {
        List<InputStream> opened = new ArrayList<>();
        for (Blob blob : blobs) {
          opened.add(blob.open());
        }
        return new SequenceInputStream(Collections.enumeration(opened));
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        for (Blob blob : blobs) {
          blob.writeTo(out);
        }
      }
    };
  }
}
