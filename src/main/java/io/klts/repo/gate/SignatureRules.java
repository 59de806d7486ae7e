package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.blob.Blob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The rules of keys and of signatures in files of their own. */
final class SignatureRules {

  private static final String KEYS = "keys/";
  private static final String MANIFEST = "manifest";
  private static final String LABEL = "PGP SIGNATURE";
  private static final int LEAST_BITS = 3072;

  private final Proposal proposal;

  SignatureRules(Proposal proposal) {
    this.proposal = proposal;
  }

  /** The keys of the tree, as apt finds them, and which of them the manifest says that sign. */
  Optional<Trust> trust() throws IOException {
    Optional<String> path = Optional.empty();
    for (String candidate : proposal.paths(KEYS)) {
      if (candidate.endsWith(".gpg") && !isSingle(candidate)) {
        path = Optional.of(candidate);
      }
    }
    Optional<Blob> file = path.isPresent() ? proposal.file(path.get()) : Optional.empty();
    if (file.isEmpty()) {
      proposal.report(Rule.KEY_FORMS, KEYS, "a .gpg file with the key", "none");
      return Optional.empty();
    }
    byte[] keyring = file.get().bytes();
    try {
      return trust(path.get(), keyring);
    } catch (IOException e) {
      proposal.report(Rule.KEY_FORMS, path.get(), "binary keys", e.getMessage());
      return Optional.empty();
    }
  }

  /** The manifest says who signs. */
  private Optional<Trust> trust(String path, byte[] keyring) throws IOException {
    List<PgpKey> keys = PgpKey.all(keyring);
    List<PgpKey> signers = new ArrayList<>();
    for (String name : signers()) {
      Optional<PgpKey> key = keys.stream().filter(k -> k.fingerprint().equals(name)).findFirst();
      if (key.isEmpty()) {
        proposal.report(Rule.KEY_FORMS, path, "the key " + name + ", which signs", "other keys");
        return Optional.empty();
      }
      signers.add(key.get());
    }
    if (signers.isEmpty()) {
      proposal.report(Rule.SIGNATURE, MANIFEST, "a key that signs", "none");
      return Optional.empty();
    }
    String single = KEYS + signers.get(signers.size() - 1).fingerprint() + ".gpg";
    byte[] primaryKey =
        keys.size() > 1 && proposal.has(single)
            ? proposal.file(single).orElseThrow().bytes()
            : keyring;
    return Optional.of(new Trust(signers, primaryKey));
  }

  /** A key by itself, beside the file with all of them. */
  private static boolean isSingle(String path) {
    return path.matches(KEYS + "[0-9A-F]{40}\\.(asc|gpg)");
  }

  /** Fingerprints, in the order of the signatures. */
  private List<String> signers() throws IOException {
    Optional<Blob> manifest = proposal.file(MANIFEST);
    if (manifest.isEmpty()) {
      return List.of();
    }
    return new String(manifest.get().bytes(), UTF_8)
        .lines()
        .takeWhile(line -> !line.contains("/"))
        .filter(line -> line.startsWith("key "))
        .map(line -> line.substring("key ".length()))
        .toList();
  }

  /** Both forms of each key that changes. */
  void keys() throws IOException {
    List<String> names =
        new TreeSet<>(proposal.changes().keySet())
            .stream()
                .filter(p -> p.startsWith(KEYS) && p.matches(".*\\.(asc|gpg)"))
                .map(p -> p.substring(0, p.length() - ".asc".length()))
                .distinct()
                .toList();
    for (String name : names) {
      Optional<Blob> binary = proposal.file(name + ".gpg");
      if (binary.isEmpty() || proposal.file(name + ".asc").isEmpty()) {
        proposal.report(Rule.KEY_FORMS, name, "both .gpg and .asc", "one of them");
        continue;
      }
      byte[] bytes = binary.get().bytes();
      armoredKeys(Rule.KEY_FORMS, name + ".asc", bytes);
      strength(name + ".gpg", bytes);
    }
  }

  private void strength(String path, byte[] bytes) {
    try {
      for (PgpKey key : PgpKey.all(bytes)) {
        strength(path, key);
      }
    } catch (IOException e) {
      // trust() has said so
    }
  }

  private void strength(String path, PgpKey key) {
    proposal.require(
        key.algorithm() == PgpKey.RSA && key.bits() >= LEAST_BITS,
        Rule.KEY_STRENGTH,
        path,
        "RSA of " + LEAST_BITS + " bits or more",
        key.algorithm() == PgpKey.RSA
            ? key.bits() + " bits"
            : "OpenPGP algorithm " + key.algorithm());
    List<PgpSignature> own = key.selfSignatures();
    proposal.require(
        !own.isEmpty() && own.stream().allMatch(PgpSignature::isStrong),
        Rule.KEY_SELF_SIGNATURE,
        path,
        "self-signatures with SHA-256 or better",
        own.stream().map(PgpSignature::toString).collect(Collectors.joining(", ", "[", "]")));
  }

  /** A file that has keys in armor, one or more in a block. */
  void armoredKeys(Rule rule, String path, byte[] binary) throws IOException {
    String found;
    try {
      ByteArrayOutputStream packets = new ByteArrayOutputStream();
      for (ArmoredBlock block : ArmoredBlock.all(proposal.file(path).orElseThrow().bytes())) {
        packets.writeBytes(block.packets());
      }
      if (Arrays.equals(packets.toByteArray(), binary)) {
        return;
      }
      found = packets.size() == 0 ? "no armored block" : "other keys";
    } catch (IOException e) {
      found = e.getMessage();
    }
    proposal.report(rule, path, "the same keys in armor", found);
  }

  /** A detached signature over a file. */
  void detached(String path, byte[] data, List<PgpKey> signers) throws IOException {
    armored(path, proposal.file(path).orElseThrow().bytes(), data, signers);
  }

  /**
   * A signature and its text in one file (RFC 4880 7).
   *
   * @return the text
   */
  Optional<String> clearsigned(String path, List<PgpKey> signers) throws IOException {
    byte[] bytes = proposal.file(path).orElseThrow().bytes();
    String all = new String(bytes, UTF_8);
    String begin = "-----BEGIN PGP SIGNED MESSAGE-----\n";
    int text = all.indexOf("\n\n") + 2;
    int end = all.indexOf("\n-----BEGIN " + LABEL);
    if (!all.startsWith(begin) || text < begin.length() || end < text - 1) {
      proposal.report(Rule.SIGNATURE_FORM, path, "a clearsigned text", "something else");
      return Optional.empty();
    }
    String content = all.substring(text, end + 1).replaceAll("(?m)^- ", "");
    String canonical = content.substring(0, content.length() - 1).replace("\n", "\r\n");
    armored(path, all.substring(end + 1).getBytes(UTF_8), canonical.getBytes(UTF_8), signers);
    return Optional.of(content);
  }

  private void armored(String path, byte[] armor, byte[] data, List<PgpKey> signers) {
    String wanted = signers.size() + " signatures in one armored block";
    try {
      List<ArmoredBlock> blocks = ArmoredBlock.all(armor);
      List<Packet> packets = blocks.size() == 1 ? Packet.all(blocks.get(0).packets()) : List.of();
      if (packets.size() != signers.size()
          || packets.stream().anyMatch(packet -> packet.tag() != Packet.SIGNATURE)
          || !blocks.get(0).label().equals(LABEL)) {
        proposal.report(
            Rule.SIGNATURE_FORM,
            path,
            wanted,
            blocks.size() + " blocks, " + packets.size() + " packets");
        return;
      }
      for (int i = 0; i < signers.size(); i++) {
        signature(path, PgpSignature.read(packets.get(i).body()), data, signers.get(i));
      }
    } catch (IOException e) {
      proposal.report(Rule.SIGNATURE_FORM, path, wanted, e.getMessage());
    }
  }

  private void signature(String path, PgpSignature signature, byte[] data, PgpKey key) {
    boolean acceptable = signature.isAcceptable(key);
    proposal.require(
        acceptable && signature.isOver(data, key),
        Rule.SIGNATURE,
        path,
        PgpSignature.wanted(key),
        acceptable ? "a signature over something else" : signature.toString());
  }
}
