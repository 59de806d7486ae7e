package io.klts.repo.rpm;

import io.klts.repo.blob.AtomicFile;
import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Fix;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Release;
import io.klts.repo.compress.CompressedFile;
import io.klts.repo.recipe.Hook;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.recipe.Relation;
import io.klts.repo.signature.Signer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.redline_rpm.header.Header;
import org.redline_rpm.header.Lead;
import org.redline_rpm.header.Signature;

/**
 * Writes binary packages in the RPM v4 format: the same specification, binaries and key give the
 * same bytes. Redline writes lead and headers; what is in them and the payload is ours.
 */
public final class RpmWriter {

  private static final String RPM_VERSION = "4.14.0";

  private final Optional<Signer> signer;

  /**
   * A writer.
   *
   * @param signer absent for unsigned packages
   */
  public RpmWriter(Optional<Signer> signer) {
    this.signer = signer;
  }

  /** The file name that package managers expect: {@code kubeadm-1.28.15.lts.2-1.x86_64.rpm}. */
  public static String fileName(PackageSpec spec) {
    return nameVersionRelease(spec) + "." + spec.rpmArch() + ".rpm";
  }

  /**
   * Writes a package.
   *
   * @param programs the compressed form of each program of the specification, by its file
   * @param target appears when the package is whole
   */
  public void write(PackageSpec spec, Map<Path, CompressedFile> programs, Path target)
      throws IOException {
    FileList files = new FileList(spec, programs);
    Files.createDirectories(target.toAbsolutePath().getParent());
    Path beside = Files.createTempFile(target.toAbsolutePath().getParent(), ".payload", ".part");
    try {
      Payload payload = Payload.write(files, spec.date().toEpochMilli(), programs, beside);
      byte[] header = header(spec, files, payload);
      byte[] signature = signature(spec, header, payload);
      AtomicFile.write(
          target,
          out -> {
            lead(spec, out);
            out.write(signature);
            out.write(header);
            Files.copy(beside, out);
          });
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  private static void lead(PackageSpec spec, OutputStream out) throws IOException {
    Lead lead = new Lead();
    lead.setName(nameVersionRelease(spec));
    lead.write(Channels.newChannel(out));
  }

  private static String nameVersionRelease(PackageSpec spec) {
    return spec.name() + "-" + spec.version().rpm() + "-" + LtsVersion.RPM_RELEASE;
  }

  private static byte[] header(PackageSpec spec, FileList files, Payload payload)
      throws IOException {
    HeaderBuilder header = new HeaderBuilder(new Header(), Tag.REGION_IMMUTABLE);
    header
        .strings(Tag.I18N_TABLE, List.of("C"))
        .string(Tag.NAME, spec.name())
        .string(Tag.VERSION, spec.version().rpm())
        .string(Tag.RELEASE, LtsVersion.RPM_RELEASE)
        .i18n(Tag.SUMMARY, spec.summary())
        .i18n(Tag.DESCRIPTION, spec.description())
        .ints(Tag.BUILD_TIME, seconds(spec.date()))
        .string(Tag.BUILD_HOST, "localhost")
        .ints(Tag.SIZE, files.size())
        .string(Tag.VENDOR, spec.identity().vendor())
        .string(Tag.LICENSE, spec.license())
        .string(Tag.PACKAGER, spec.identity().maintainer())
        .i18n(Tag.GROUP, "Unspecified")
        .string(Tag.URL, spec.homepage())
        .string(Tag.OS, "linux")
        .string(Tag.ARCH, spec.rpmArch())
        .string(Tag.PLATFORM, spec.rpmArch() + "-linux")
        // Without a source package's name rpm takes the file for a source package.
        .string(Tag.SOURCE_RPM, nameVersionRelease(spec) + ".src.rpm")
        .string(Tag.RPM_VERSION, RPM_VERSION)
        .string(Tag.ENCODING, "utf-8")
        .string(Tag.PAYLOAD_FORMAT, "cpio")
        .string(Tag.PAYLOAD_COMPRESSOR, "xz")
        .string(Tag.PAYLOAD_FLAGS, "6")
        .strings(Tag.PAYLOAD_DIGEST, List.of(payload.compressed().hex()))
        .ints(Tag.PAYLOAD_DIGEST_ALGO, Tag.DIGEST_SHA256)
        .strings(Tag.PAYLOAD_DIGEST_ALT, List.of(payload.uncompressed().hex()));
    files.addTo(header);
    dependencies(spec, header);
    scripts(spec, header);
    changelog(spec, header);
    return header.bytes();
  }

  private static void dependencies(PackageSpec spec, HeaderBuilder header) {
    add(
        header,
        Dependencies.provides(spec),
        Tag.PROVIDE_NAME,
        Tag.PROVIDE_FLAGS,
        Tag.PROVIDE_VERSION);
    add(
        header,
        Dependencies.requires(spec),
        Tag.REQUIRE_NAME,
        Tag.REQUIRE_FLAGS,
        Tag.REQUIRE_VERSION);
    add(
        header,
        Dependencies.of(spec, Relation.Kind.CONFLICTS),
        Tag.CONFLICT_NAME,
        Tag.CONFLICT_FLAGS,
        Tag.CONFLICT_VERSION);
    add(
        header,
        Dependencies.of(spec, Relation.Kind.REPLACES),
        Tag.OBSOLETE_NAME,
        Tag.OBSOLETE_FLAGS,
        Tag.OBSOLETE_VERSION);
    add(
        header,
        Dependencies.of(spec, Relation.Kind.RECOMMENDS),
        Tag.RECOMMEND_NAME,
        Tag.RECOMMEND_FLAGS,
        Tag.RECOMMEND_VERSION);
    add(
        header,
        Dependencies.of(spec, Relation.Kind.SUGGESTS),
        Tag.SUGGEST_NAME,
        Tag.SUGGEST_FLAGS,
        Tag.SUGGEST_VERSION);
  }

  private static void add(
      HeaderBuilder header,
      Collection<RpmDependency> dependencies,
      int nameTag,
      int flagsTag,
      int versionTag) {
    header
        .strings(nameTag, dependencies.stream().map(RpmDependency::name).toList())
        .ints(flagsTag, dependencies.stream().mapToInt(RpmDependency::flags).toArray())
        .strings(versionTag, dependencies.stream().map(RpmDependency::version).toList());
  }

  private static void scripts(PackageSpec spec, HeaderBuilder header) {
    spec.scripts()
        .forEach(
            (hook, text) -> {
              ScriptTags tags = ScriptTags.of(hook);
              header.string(tags.script(), text).string(tags.interpreter(), "/bin/sh");
            });
  }

  private record ScriptTags(int script, int interpreter) {
    static ScriptTags of(Hook hook) {
      return switch (hook) {
        case PRE -> new ScriptTags(Tag.PRE, Tag.PRE_PROG);
        case POST -> new ScriptTags(Tag.POST, Tag.POST_PROG);
        case PREUN -> new ScriptTags(Tag.PREUN, Tag.PREUN_PROG);
        case POSTUN -> new ScriptTags(Tag.POSTUN, Tag.POSTUN_PROG);
        case POSTTRANS -> new ScriptTags(Tag.POSTTRANS, Tag.POSTTRANS_PROG);
        default -> throw new IllegalArgumentException(hook + " is not a script of an rpm");
      };
    }
  }

  private static void changelog(PackageSpec spec, HeaderBuilder header) {
    List<Release> history = spec.history();
    header
        // Noon, as rpmbuild does, so that no time zone shows another day.
        .ints(
            Tag.CHANGELOG_TIME,
            history.stream().mapToInt(r -> seconds(PackageSpec.date(r)) + 12 * 3600).toArray())
        .strings(
            Tag.CHANGELOG_NAME,
            history.stream()
                .map(
                    r ->
                        spec.identity().maintainer()
                            + " - "
                            + r.version().rpm()
                            + "-"
                            + LtsVersion.RPM_RELEASE)
                .toList())
        .strings(Tag.CHANGELOG_TEXT, history.stream().map(RpmWriter::changes).toList());
  }

  private static String changes(Release release) {
    String fixes =
        release.fixes().orElse(List.of()).stream()
            .map(Fix::cve)
            .map(cve -> "\n- Fix " + cve)
            .collect(Collectors.joining());
    return "- Build " + release.version() + fixes;
  }

  private byte[] signature(PackageSpec spec, byte[] header, Payload payload) throws IOException {
    Blob whole = Blob.concat(List.of(Blob.of(header), Blob.of(payload.file())));
    HeaderBuilder signature =
        new HeaderBuilder(new Signature(), Tag.REGION_SIGNATURES)
            .string(Tag.SHA1_HEADER, hex("SHA-1", Blob.of(header)))
            .string(Tag.SHA256_HEADER, Sha256.of(header).hex())
            .ints(Tag.SIG_SIZE, Math.toIntExact(whole.size()))
            .binary(Tag.SIG_MD5, HexFormat.of().parseHex(hex("MD5", whole)))
            .ints(Tag.SIG_PAYLOAD_SIZE, Math.toIntExact(payload.size()));
    if (signer.isPresent()) {
      // Both: yum on EL 7 looks at the second, everything since at the first.
      signature
          .binary(Tag.RSA_HEADER, signer.get().detached(Blob.of(header), spec.date()))
          .binary(Tag.SIG_PGP, signer.get().detached(whole, spec.date()));
    }
    return signature.bytes();
  }

  private static String hex(String algorithm, Blob blob) throws IOException {
    try (InputStream in = blob.open()) {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has " + algorithm, e);
    }
  }

  private static int seconds(Instant instant) {
    return Math.toIntExact(instant.getEpochSecond());
  }
}
