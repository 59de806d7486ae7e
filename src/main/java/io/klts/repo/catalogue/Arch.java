package io.klts.repo.catalogue;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A processor architecture and what the different worlds call it. */
public enum Arch {
  AMD64("amd64", "x86_64", "amd64", 62, ByteOrder.LITTLE_ENDIAN),
  ARM64("arm64", "aarch64", "arm64", 183, ByteOrder.LITTLE_ENDIAN),
  ARM("arm", "armv7hl", "armhf", 40, ByteOrder.LITTLE_ENDIAN),
  PPC64LE("ppc64le", "ppc64le", "ppc64el", 21, ByteOrder.LITTLE_ENDIAN),
  S390X("s390x", "s390x", "s390x", 22, ByteOrder.BIG_ENDIAN),
  RISCV64("riscv64", "riscv64", "riscv64", 243, ByteOrder.LITTLE_ENDIAN),
  LOONG64("loong64", "loongarch64", "loong64", 258, ByteOrder.LITTLE_ENDIAN);

  private static final Map<String, Arch> BY_NAME = new HashMap<>();

  static {
    for (Arch arch : values()) {
      List.of(arch.go, arch.rpm, arch.deb).forEach(name -> BY_NAME.put(name, arch));
    }
  }

  private final String go;
  private final String rpm;
  private final String deb;
  private final int elfMachine;
  private final ByteOrder byteOrder;

  Arch(String go, String rpm, String deb, int elfMachine, ByteOrder byteOrder) {
    this.go = go;
    this.rpm = rpm;
    this.deb = deb;
    this.elfMachine = elfMachine;
    this.byteOrder = byteOrder;
  }

  /** The name in Go and in Kubernetes' own downloads. */
  public String go() {
    return go;
  }

  /** The name in RPM packages. */
  public String rpm() {
    return rpm;
  }

  /** The name in Debian packages. */
  public String deb() {
    return deb;
  }

  /** {@code e_machine} of its ELF files (System V gABI, chapter 4). */
  public int elfMachine() {
    return elfMachine;
  }

  /** The byte order of its ELF files. */
  public ByteOrder byteOrder() {
    return byteOrder;
  }

  /** Whether its ELF files are of class 64. */
  public boolean is64() {
    return this != ARM;
  }

  /** The architecture that one of the worlds calls {@code name}. */
  public static Optional<Arch> find(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
  }

  /** Go's names of all architectures, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(Arch::go).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return go;
  }
}
