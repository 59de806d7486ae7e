package io.klts.repo.gate;

import io.klts.repo.blob.Blob;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The gate's parsers of bytes that it does not trust, for inputs of any kind. */
public final class GateParsers {

  private static final PgpKey KEY = key();

  private GateParsers() {}

  private static PgpKey key() {
    try {
      return PgpKey.all(Files.readAllBytes(Path.of("src/test/resources/keys/good-public.pgp")))
          .get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A package file, whose name says the format. */
  public static void packages(String name, byte[] bytes) throws IOException {
    PackageRules.check(name, Blob.of(bytes), Optional.of(KEY));
  }

  public static void repomd(byte[] bytes) throws IOException {
    Proposal proposal = proposal("rpm/v1.28/repodata/repomd.xml", bytes);
    new RpmMdRules(proposal, new SignatureRules(proposal), Optional.empty()).check();
  }

  public static void release(byte[] bytes) throws IOException {
    Proposal proposal = proposal("apt/dists/v1.28/Release", bytes);
    SignatureRules signatures = new SignatureRules(proposal);
    new AptRules(proposal, signatures, Optional.empty(), Instant.EPOCH, false).check();
  }

  /** A tree of one file. */
  private static Proposal proposal(String path, byte[] bytes) throws IOException {
    return new Proposal(
        new View() {
          @Override
          public List<TreeFile> changes() {
            return List.of(TreeFile.of(path, Stage.ROOT, bytes));
          }

          @Override
          public SortedSet<String> paths() {
            return new TreeSet<>(List.of(path));
          }

          @Override
          public Optional<Blob> present(String other) {
            return Optional.empty();
          }
        });
  }

  /** Armored or binary packets: a key, signatures, or anything. */
  public static void openPgp(byte[] bytes) throws IOException {
    if (bytes.length > 0 && bytes[0] < 0) {
      packets(bytes);
      return;
    }
    for (ArmoredBlock block : ArmoredBlock.all(bytes)) {
      packets(block.packets());
    }
  }

  private static void packets(byte[] bytes) throws IOException {
    for (Packet packet : Packet.all(bytes)) {
      if (packet.tag() == Packet.SIGNATURE) {
        PgpSignature signature = PgpSignature.read(packet.body());
        if (signature.isAcceptable(KEY)) {
          signature.isOver(new byte[0], KEY);
        }
      }
    }
    for (PgpKey key : PgpKey.all(bytes)) {
      for (PgpSignature signature : key.selfSignatures()) {
        if (signature.isAcceptable(key)) {
          signature.isOver(new byte[0], key);
        }
      }
    }
  }

  public static void xz(byte[] bytes) throws IOException {
    XzStream.read(Blob.of(bytes), 0, bytes.length);
  }

  public static void updateInfo(byte[] bytes) throws IOException {
    UpdateInfo.check(bytes, () -> Set.of("kubelet-1.28.15.lts.2-1.x86_64.rpm"));
  }

  public static void gzip(byte[] bytes) throws IOException {
    GzipDocument.read(Blob.of(bytes), OutputStream.nullOutputStream());
  }
}
