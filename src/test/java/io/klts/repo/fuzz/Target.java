package io.klts.repo.fuzz;

import io.klts.repo.compress.XzText;
import io.klts.repo.deb.Control;
import io.klts.repo.deb.DebPackage;
import io.klts.repo.elf.Elf;
import io.klts.repo.gate.GateParsers;
import io.klts.repo.repository.StateParsers;
import io.klts.repo.rpm.RpmPackage;
import io.klts.repo.signature.SignatureParsers;
import io.klts.repo.source.TarSource;
import io.klts.repo.tree.Manifest;
import io.klts.repo.verify.VerifyParsers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A format, and everything that reads it. */
enum Target {
  RPM(ScratchFile.of(RpmPackage::read), bytes -> GateParsers.packages("some.rpm", bytes)),
  DEB(ScratchFile.of(DebPackage::read), bytes -> GateParsers.packages("some.deb", bytes)),
  REPOMD(GateParsers::repomd, VerifyParsers::repomd),
  PRIMARY(VerifyParsers::primary),
  UPDATEINFO(GateParsers::updateInfo, VerifyParsers::updateInfo),
  PACKAGES(VerifyParsers::packages, Target::control),
  RELEASE(GateParsers::release, VerifyParsers::release),
  MANIFEST(Target::manifest),
  STATE(StateParsers::state),
  PART(StateParsers::list, StateParsers::columns),
  OPENPGP(
      GateParsers::openPgp,
      SignatureParsers::publicKey,
      SignatureParsers::detached,
      SignatureParsers::clearsigned),
  XZ(GateParsers::xz, XzText::ofBlocks, VerifyParsers::compressed),
  GZIP(GateParsers::gzip, VerifyParsers::compressed),
  ELF(ScratchFile.of(Elf::read)),
  BUNDLE(ScratchFile.of(file -> new TarSource(file).close()));

  @SuppressWarnings("ImmutableEnumChecker") // the list is, and parsers are methods
  private final List<Parser> parsers;

  Target(Parser... parsers) {
    this.parsers = List.of(parsers);
  }

  /** By its name in lower case. */
  static Target of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** The inputs that are tried in each run of the tests. */
  List<Path> inputs() throws IOException {
    Path folder = Path.of("src/test/resources/fuzz", name().toLowerCase(Locale.ROOT));
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /**
   * Gives an input to every parser. Each of them may refuse it.
   *
   * @throws RuntimeException what a parser must not throw
   */
  void read(byte[] bytes) {
    for (Parser parser : parsers) {
      try {
        parser.read(bytes);
      } catch (IOException e) {
        // The answer that is promised for damaged input.
      }
    }
  }

  private static void control(byte[] bytes) {
    try {
      Control.parse(new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      // This parser promises these instead.
    }
  }

  /** What was read is written as something that reads the same. */
  private static void manifest(byte[] bytes) throws IOException {
    Manifest read = Manifest.parse(bytes, "manifest");
    if (!Manifest.parse(read.bytes(), "written").equals(read)) {
      throw new IllegalStateException("a manifest changes when it is written");
    }
  }
}
