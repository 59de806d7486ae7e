package io.klts.repo.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.blob.Sha256;
import io.klts.repo.source.TreeSource;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Stage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The parsers of the verification, with trees of little more than one hostile document. */
public final class VerifyParsers {

  private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");
  private static final String CHANNEL = "rpm/v1.28";
  private static final String SUITE = "apt/dists/v1.28";
  private static final String INDEX = "main/binary-amd64/Packages";
  private static final int TEXT = 1 << 16;

  private VerifyParsers() {}

  /** The list of the documents of a channel. */
  public static void repomd(byte[] bytes) {
    rpmMd(Map.of(CHANNEL + "/repodata/repomd.xml", bytes));
  }

  /** A document of a channel, named rightly by the list. */
  public static void primary(byte[] text) throws IOException {
    byte[] gz = TamperedTree.gzip(text);
    StringBuilder repomd = new StringBuilder("<repomd>");
    for (String kind : List.of("primary", "filelists", "other")) {
      repomd.append(
          """
          <data type="%s"><location href="repodata/text.xml.gz"/>
          <checksum type="sha256">%s</checksum><open-checksum type="sha256">%s</open-checksum>
          <size>%d</size><open-size>%d</open-size></data>
          """
              .formatted(kind, Sha256.of(gz), Sha256.of(text), gz.length, text.length));
    }
    repomd.append("</repomd>");
    rpmMd(
        Map.of(
            CHANNEL + "/repodata/repomd.xml",
            repomd.toString().getBytes(UTF_8),
            CHANNEL + "/repodata/text.xml.gz",
            gz));
  }

  /** The advisories of a channel with one package. */
  public static void updateInfo(byte[] text) throws IOException {
    ListedPackage kubelet =
        new ListedPackage(
            "kubelet",
            "0:1.28.15.lts.2-1",
            "x86_64",
            "rpm/v1.28/x86_64/kubelet-1.28.15.lts.2-1.x86_64.rpm",
            "",
            List.of(),
            List.of());
    XmlReader.read(new ByteArrayInputStream(text), new AdvisoryReader(List.of(kubelet)));
  }

  private static void rpmMd(Map<String, byte[]> files) {
    Problems problems = new Problems();
    Channel channel =
        new RpmMetadata(published(files, problems), CHANNEL).check(signatures(problems));
    new Closure(List.of(channel), problems).check(channel);
  }

  /** The root of a suite. */
  public static void release(byte[] bytes) {
    apt(Map.of(SUITE + "/Release", bytes));
  }

  /** An index of a suite, named rightly by the root. Compressed forms are not there. */
  public static void packages(byte[] text) {
    apt(suite(Map.of(INDEX, text)));
  }

  /** The compressed forms of an index, of which only the size of the text is known. */
  public static void compressed(byte[] bytes) {
    apt(suite(Map.of(INDEX, new byte[TEXT], INDEX + ".gz", bytes, INDEX + ".xz", bytes)));
  }

  /** Some forms of an index, and a root that names all of them. */
  private static Map<String, byte[]> suite(Map<String, byte[]> files) {
    Map<String, byte[]> tree = new TreeMap<>();
    StringBuilder release = new StringBuilder();
    release.append("Suite: v1.28\nCodename: v1.28\nComponents: main\nArchitectures: amd64\n");
    release.append("Acquire-By-Hash: yes\nSHA256:\n");
    for (String name : List.of(INDEX, INDEX + ".gz", INDEX + ".xz")) {
      byte[] bytes = files.getOrDefault(name, new byte[0]);
      release.append(" %s %d %s\n".formatted(Sha256.of(bytes), bytes.length, name));
    }
    tree.put(SUITE + "/Release", release.toString().getBytes(UTF_8));
    files.forEach((name, bytes) -> tree.put(SUITE + "/" + name, bytes));
    return tree;
  }

  private static void apt(Map<String, byte[]> files) {
    Problems problems = new Problems();
    Channel channel =
        new AptMetadata(published(files, problems), "v1.28").check(signatures(problems));
    new Closure(List.of(channel), problems).check(channel);
  }

  private static Signatures signatures(Problems problems) {
    return new Signatures(List.of(), List.of(), NOW, problems);
  }

  private static PublishedFiles published(Map<String, byte[]> files, Problems problems) {
    SortedMap<String, Manifest.Entry> entries = new TreeMap<>();
    files.forEach(
        (path, bytes) ->
            entries.put(path, new Manifest.Entry(Sha256.of(bytes), bytes.length, Stage.INDEX)));
    TreeSource source =
        new TreeSource() {
          @Override
          public Optional<InputStream> open(String path) {
            return Optional.ofNullable(files.get(path)).map(ByteArrayInputStream::new);
          }

          @Override
          public Optional<SortedMap<String, Kind>> list() {
            return Optional.empty();
          }

          @Override
          public Map<String, Sha256> earlier() {
            return Map.of();
          }

          @Override
          public boolean isRemote() {
            return false;
          }
        };
    return new PublishedFiles(
        source, new Manifest(1, Optional.empty(), List.of(), entries), Set.of(), problems);
  }
}
