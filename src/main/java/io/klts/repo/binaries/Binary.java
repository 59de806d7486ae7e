package io.klts.repo.binaries;

import io.klts.repo.elf.Elf;
import java.nio.file.Path;

/**
 * A program that was looked at and fits its architecture.
 *
 * @param file where it lies
 */
public record Binary(Path file, Elf elf) {}
