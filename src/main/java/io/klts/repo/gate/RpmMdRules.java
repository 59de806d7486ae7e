package io.klts.repo.gate;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Parallel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The rules of rpm-md: {@code repodata/} of each channel that changes. */
final class RpmMdRules {

  /**
   * Bytes. A document whose text is longer is not unpacked: for a tree of thousands of packages
   * that would cost as much as writing it, and its compressed form is compared in any case.
   */
  private static final long LARGEST_UNPACKED = 64 << 10;

  private static final String FOLDER = "repodata/";
  private static final Pattern FILES =
      Pattern.compile(".*/repomd\\.xml(\\.asc|\\.key)?|.*\\.xml\\.gz");
  private static final Pattern OTHER_FORMS = Pattern.compile(".*_(db|zck)");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private final Proposal proposal;
  private final SignatureRules signatures;
  private final Optional<Trust> trust;

  RpmMdRules(Proposal proposal, SignatureRules signatures, Optional<Trust> trust) {
    this.proposal = proposal;
    this.signatures = signatures;
    this.trust = trust;
  }

  void check() throws IOException {
    Set<String> channels = new TreeSet<>();
    for (String path : proposal.changes().keySet()) {
      int folder = path.indexOf("/" + FOLDER);
      if (folder >= 0) {
        channels.add(path.substring(0, folder + 1));
        proposal.require(
            FILES.matcher(path).matches(),
            Rule.REPODATA_GZIP,
            path,
            "repomd.xml and .xml.gz files",
            "another kind of file");
      }
    }
    Parallel.run(channels, this::channel);
  }

  private void channel(String channel) throws IOException {
    String root = channel + FOLDER + "repomd.xml";
    Optional<Blob> repomd = proposal.file(root);
    if (repomd.isEmpty()) {
      proposal.report(Rule.REPODATA_DIGESTS, root, "an index of the documents", "none");
      return;
    }
    byte[] bytes = repomd.get().bytes();
    if (trust.isPresent()) {
      signed(root, bytes, trust.get());
    }
    try {
      for (Repomd.Data data : Repomd.read(bytes)) {
        document(channel, root, data);
      }
    } catch (IOException e) {
      proposal.report(Rule.REPODATA_DIGESTS, root, "an index of the documents", e.getMessage());
    }
  }

  private void signed(String root, byte[] bytes, Trust by) throws IOException {
    for (String suffix : List.of(".asc", ".key")) {
      proposal.require(
          proposal.has(root + suffix), Rule.REPOMD_SIGNED, root, suffix + " beside it", "none");
    }
    if (proposal.has(root + ".asc")) {
      signatures.detached(root + ".asc", bytes, by.signers());
    }
    if (proposal.has(root + ".key")) {
      signatures.armoredKeys(Rule.REPOMD_SIGNED, root + ".key", by.primaryKey());
    }
  }

  private void document(String channel, String root, Repomd.Data data) throws IOException {
    String href = data.get("location@href");
    String types = data.get("checksum@type") + " and " + data.get("open-checksum@type");
    boolean gzip = href.endsWith(".xml.gz") && !OTHER_FORMS.matcher(data.type()).matches();
    proposal.require(
        gzip, Rule.REPODATA_GZIP, root, "documents that are .xml.gz", data.type() + " in " + href);
    proposal.require(
        types.equals("sha256 and sha256"), Rule.REPODATA_DIGESTS, root, "sha256", types);
    String path = channel + href;
    Optional<Blob> file = proposal.file(path);
    String size = file.map(f -> Long.toString(f.size())).orElse("no file");
    if (!size.equals(data.get("size"))) {
      proposal.report(Rule.REPODATA_DIGESTS, path, data.get("size") + " bytes", size);
    } else if (gzip && proposal.changes(path)) {
      content(channel, path, file.get(), data);
    }
  }

  private void content(String channel, String path, Blob file, Repomd.Data data)
      throws IOException {
    digest(path, data.get("checksum"), proposal.sha256(path).hex());
    if (isLarge(data.get("open-size"))) {
      return;
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      GzipDocument content = GzipDocument.read(file, text);
      digest(
          path,
          data.get("open-size") + " bytes, " + data.get("open-checksum"),
          content.size() + " bytes, " + content.sha256());
    } catch (IOException e) {
      proposal.report(Rule.REPODATA_GZIP, path, "one gzip member", e.getMessage());
      return;
    }
    if (data.type().equals("updateinfo")) {
      updateInfo(channel, path, text.toByteArray());
    }
  }

  private void updateInfo(String channel, String path, byte[] text) {
    try {
      UpdateInfo.check(text, () -> rpms(channel));
    } catch (IOException e) {
      proposal.report(Rule.UPDATEINFO, path, "advisories of packages", e.getMessage());
    }
  }

  private Set<String> rpms(String channel) {
    Set<String> files = new HashSet<>();
    for (String file : proposal.paths(channel)) {
      if (file.endsWith(".rpm")) {
        files.add(file.substring(file.lastIndexOf('/') + 1));
      }
    }
    return files;
  }

  private static boolean isLarge(String size) {
    return NUMBER.matcher(size).matches() && Long.parseLong(size) > LARGEST_UNPACKED;
  }

  private void digest(String path, String expected, String found) {
    proposal.require(expected.equals(found), Rule.REPODATA_DIGESTS, path, expected, found);
  }
}
