package io.klts.repo.gate;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.order.VersionOrder;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules of one package file. */
final class PackageRules {

  private static final int SHA256 = 8; // RFC 4880 9.4, which rpm uses for digests, too

  // Tags of the signature header.
  private static final int RSA_HEADER = 268;
  private static final int SHA256_HEADER = 273;
  private static final int SIG_PGP = 1002;

  // Tags of the main header.
  private static final int NAME = 1000;
  private static final int VERSION = 1001;
  private static final int RELEASE = 1002;
  private static final int COMPRESSOR = 1125;
  private static final int FILE_DIGEST_ALGORITHM = 5011;
  private static final int PAYLOAD_DIGEST = 5092;
  private static final int PAYLOAD_DIGEST_ALGORITHM = 5093;

  private static final long LARGEST_DICTIONARY = 64L << 20;

  /** LZMA2, delta, and the filters for x86, PowerPC, IA-64, ARM, ARM Thumb and SPARC. */
  private static final Set<Long> OLD_FILTERS = Set.of(0x21L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);

  /** Those that upstream publishes under the same names. */
  private static final Set<String> UPSTREAM = Set.of("kubeadm", "kubelet", "kubectl");

  private static final Pattern PATCH_RELEASE = Pattern.compile("(\\d+\\.\\d+\\.\\d+).*");

  private final String path;
  private final Blob blob;
  private final Optional<PgpKey> key;
  private final List<Finding> findings = new ArrayList<>();

  private PackageRules(String path, Blob blob, Optional<PgpKey> key) {
    this.path = path;
    this.blob = blob;
    this.key = key;
  }

  static boolean isPackage(String path) {
    return path.endsWith(".rpm") || path.endsWith(".deb");
  }

  /**
   * Looks at one file.
   *
   * @param key absent if signatures are not looked at
   */
  static List<Finding> check(String path, Blob blob, Optional<PgpKey> key) throws IOException {
    PackageRules rules = new PackageRules(path, blob, key);
    if (path.endsWith(".rpm")) {
      rules.rpm();
    } else {
      rules.deb();
    }
    return rules.findings;
  }

  private void require(boolean good, Rule rule, String expected, String found) {
    if (!good) {
      findings.add(new Finding(rule, path, expected, found));
    }
  }

  private void rpm() {
    try {
      rpm(RpmFile.read(blob));
    } catch (IOException e) {
      require(false, Rule.RPM_FORMAT, "an rpm of version 4", e.getMessage());
    }
  }

  private void rpm(RpmFile rpm) throws IOException {
    require(
        rpm.signature().beginsWith(RpmFile.REGION_SIGNATURES)
            && rpm.main().beginsWith(RpmFile.REGION_IMMUTABLE),
        Rule.RPM_FORMAT,
        "headers that begin with their regions (62 and 63)",
        "a header without");
    payload(rpm);
    RpmFile.Header main = rpm.main();
    String algorithm = main.number(FILE_DIGEST_ALGORITHM).map(String::valueOf).orElse("none");
    require(algorithm.equals("8"), Rule.RPM_FILE_DIGESTS, "FILEDIGESTALGO 8", algorithm);
    String digest = rpm.signature().string(SHA256_HEADER).orElse("none");
    String right = Sha256.of(main.bytes()).hex();
    require(digest.equals(right), Rule.RPM_HEADER_DIGEST, "SHA256HEADER " + right, digest);
    if (key.isPresent()) {
      signature(rpm.signature(), RSA_HEADER, key.get(), Optional.of(main.bytes()));
      // Over the payload, too, which is not digested a second time.
      signature(rpm.signature(), SIG_PGP, key.get(), Optional.empty());
    }
    String name = main.string(NAME).orElse("");
    String version = main.string(VERSION).orElse("") + "-" + main.string(RELEASE).orElse("");
    order(Rule.RPM_VERSION, name, version, "-0", "-150500.1.1");
  }

  private void payload(RpmFile rpm) throws IOException {
    String compressor = rpm.main().string(COMPRESSOR).orElse("gzip");
    byte[] magic = Slice.of(blob, rpm.payload(), (int) Math.min(2, blob.size() - rpm.payload()));
    boolean gzip = compressor.equals("gzip") && isGzip(magic);
    boolean xz = compressor.equals("xz");
    require(gzip || xz, Rule.RPM_COMPRESSOR, "xz or gzip", compressor);
    if (xz) {
      xz(Rule.RPM_STREAM, rpm.payload(), blob.size());
    }
    String digest = rpm.main().string(PAYLOAD_DIGEST).orElse("none");
    Sha256 right;
    try (InputStream in = blob.open()) {
      in.skipNBytes(rpm.payload());
      right = Sha256.of(in);
    }
    int algorithm = rpm.main().number(PAYLOAD_DIGEST_ALGORITHM).orElse(0);
    require(
        algorithm == SHA256 && digest.equals(right.hex()),
        Rule.RPM_PAYLOAD_DIGEST,
        "PAYLOADDIGEST " + right + " of algorithm " + SHA256,
        digest + " of algorithm " + algorithm);
  }

  private static boolean isGzip(byte[] magic) {
    return Arrays.equals(magic, new byte[] {0x1f, (byte) 0x8b});
  }

  private void signature(RpmFile.Header header, int tag, PgpKey by, Optional<byte[]> data) {
    String wanted = "tag " + tag + " with one signature, " + PgpSignature.wanted(by);
    String found;
    try {
      List<Packet> packets = Packet.all(header.binary(tag).orElse(new byte[0]));
      if (packets.size() == 1 && packets.get(0).tag() == Packet.SIGNATURE) {
        PgpSignature signature = PgpSignature.read(packets.get(0).body());
        if (signature.isAcceptable(by) && (data.isEmpty() || signature.isOver(data.get(), by))) {
          return;
        }
        found = signature.isAcceptable(by) ? "one over something else" : signature.toString();
      } else {
        found = packets.isEmpty() ? "none" : packets.size() + " packets";
      }
    } catch (IOException e) {
      found = "a damaged one: " + e.getMessage();
    }
    require(false, Rule.RPM_SIGNATURES, wanted, found);
  }

  private void xz(Rule rule, long start, long end) {
    try {
      XzStream stream = XzStream.read(blob, start, end);
      require(
          stream.dictionary() <= LARGEST_DICTIONARY,
          Rule.XZ_DICTIONARY,
          "at most " + LARGEST_DICTIONARY + " bytes",
          Long.toString(stream.dictionary()));
      require(
          OLD_FILTERS.containsAll(stream.filters()),
          Rule.XZ_FILTERS,
          "filters of xz 5.0",
          "filters " + stream.filters());
    } catch (IOException e) {
      require(false, rule, "one xz stream", e.getMessage());
    }
  }

  private void deb() {
    try {
      DebFile deb = DebFile.read(blob);
      List<String> names = deb.members().stream().map(DebFile.Member::name).toList();
      boolean xz = names.equals(List.of("debian-binary", "control.tar.gz", "data.tar.xz"));
      if (!xz && !names.equals(List.of("debian-binary", "control.tar.gz", "data.tar.gz"))) {
        wantMembers(String.join(", ", names));
        return;
      }
      DebFile.Member data = deb.members().get(2);
      if (xz) {
        xz(Rule.DEB_STREAM, data.start(), data.end());
      } else if (!isGzip(Slice.of(blob, data.start(), 2))) {
        wantMembers("a data.tar.gz that is not gzip");
      }
      String control = DebFile.control(blob, deb.members().get(1));
      order(Rule.DEB_VERSION, field(control, "Package"), field(control, "Version"), "-00", "-1.1");
    } catch (IOException e) {
      wantMembers(e.getMessage());
    }
  }

  private void wantMembers(String found) {
    require(
        false,
        Rule.DEB_MEMBERS,
        "debian-binary, control.tar.gz, data.tar.xz or data.tar.gz",
        found);
  }

  private static String field(String paragraph, String name) {
    return paragraph
        .lines()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2).strip())
        .findFirst()
        .orElse("");
  }

  /** Upstream's builds of the same patch release: the first one, and its highest number so far. */
  private void order(Rule rule, String name, String version, String oldest, String newest) {
    if (!UPSTREAM.contains(name)) {
      return;
    }
    Matcher patch = PATCH_RELEASE.matcher(version);
    if (!patch.matches()) {
      require(false, rule, "a version that begins with a patch release", version);
      return;
    }
    VersionOrder order = rule == Rule.RPM_VERSION ? VersionOrder.RPM : VersionOrder.DEB;
    for (String other : List.of(patch.group(1) + oldest, patch.group(1) + newest)) {
      require(order.compare(version, other) > 0, rule, "above " + other, version);
    }
  }
}
