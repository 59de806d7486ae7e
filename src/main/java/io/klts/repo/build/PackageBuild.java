package io.klts.repo.build;

import io.klts.repo.binaries.Binary;
import io.klts.repo.blob.IoReason;
import io.klts.repo.blob.Parallel;
import io.klts.repo.compress.CompressedFile;
import io.klts.repo.compress.Compressor;
import io.klts.repo.compress.Profile;
import io.klts.repo.deb.DebWriter;
import io.klts.repo.elf.Elf;
import io.klts.repo.elf.ElfMachine;
import io.klts.repo.recipe.Format;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.rpm.RpmWriter;
import io.klts.repo.signature.Signer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compresses the programs of a plan once, then writes every package of it. */
public final class PackageBuild {

  private final Compressor compressor;
  private final Writers writers;
  private final int threads;
  private final Runnable compressed;

  /**
   * A build.
   *
   * @param signer signs the rpms; absent for unsigned ones
   * @param threads how many packages are written at once
   * @param compressed is run when all programs are compressed, before the first package is written
   */
  public PackageBuild(
      Project project,
      Compressor compressor,
      Optional<Signer> signer,
      int threads,
      Runnable compressed) {
    this.compressor = compressor;
    this.writers = new Writers(new RpmWriter(signer), new DebWriter(project.shlibs()));
    this.threads = threads;
    this.compressed = compressed;
  }

  /**
   * Compresses and writes.
   *
   * @param target the folder for the package files, which are named as package managers expect
   * @return in the order of the plan
   */
  public List<BuiltPackage> run(BuildPlan plan, Path target) throws IOException {
    Map<Path, CompressedFile> programs = compress(plan);
    compressed.run();
    return Parallel.map(threads, plan.specs(), spec -> writers.write(spec, programs, target));
  }

  /**
   * Writes packages that have no programs.
   *
   * @param signer signs the rpms
   * @param target the folder for the package files
   * @return in the order of the specifications
   */
  public static List<BuiltPackage> ofTexts(
      List<PackageSpec> specs, Optional<Signer> signer, Path target) throws IOException {
    Writers writers = new Writers(new RpmWriter(signer), new DebWriter(Map.of()));
    return Parallel.map(specs, spec -> writers.write(spec, Map.of(), target));
  }

  private Map<Path, CompressedFile> compress(BuildPlan plan) throws IOException {
    List<Compressor.Input> inputs = new ArrayList<>();
    for (Binary program : plan.programs()) {
      inputs.add(new Compressor.Input(program.file(), stretches(program.elf())));
    }
    List<CompressedFile> compressed = compressor.compressAll(inputs);
    for (Binary program : plan.programs()) {
      program.requireUnchanged();
    }
    Map<Path, CompressedFile> programs = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      programs.put(inputs.get(i).file(), compressed.get(i));
    }
    return programs;
  }

  /** Code and data differ so much that each is smaller for itself. */
  private static List<Compressor.Stretch> stretches(Elf program) {
    Profile profile = profile(program.machine());
    if (program.code().isEmpty()) {
      return List.of(new Compressor.Stretch(0, profile));
    }
    Elf.Range code = program.code().get();
    List<Compressor.Stretch> stretches = new ArrayList<>();
    if (code.start() > 0) {
      stretches.add(new Compressor.Stretch(0, Profile.DATA));
    }
    stretches.add(new Compressor.Stretch(code.start(), profile));
    stretches.add(new Compressor.Stretch(code.end(), Profile.DATA));
    return stretches;
  }

  private static Profile profile(ElfMachine machine) {
    if (machine.equals(ElfMachine.X86_64)) {
      return Profile.X86;
    }
    return machine.equals(ElfMachine.AARCH64) ? Profile.ARM64 : Profile.OTHER;
  }

  private record Writers(RpmWriter rpm, DebWriter deb) {

    BuiltPackage write(PackageSpec spec, Map<Path, CompressedFile> programs, Path target)
        throws IOException {
      Path file = target.resolve(fileName(spec));
      try {
        if (spec.format() == Format.RPM) {
          rpm.write(spec, programs, file);
        } else {
          deb.write(spec, programs, file);
        }
      } catch (IOException e) {
        throw new IOException("cannot make " + file + ": " + IoReason.of(e), e);
      }
      return new BuiltPackage(spec, file);
    }
  }

  /** The name under which package managers expect a package. */
  public static String fileName(PackageSpec spec) {
    return spec.format() == Format.RPM ? RpmWriter.fileName(spec) : DebWriter.fileName(spec);
  }
}
