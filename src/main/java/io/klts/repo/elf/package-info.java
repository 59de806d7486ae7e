/**
 * What an ELF program says about itself: machine, dynamic loader, libraries and symbol versions.
 *
 * <p>Knows: ELF files (System V gABI, chapters 4 and 5; the GNU extension of symbol versions). Must
 * not know: packages, the names that distributions give to architectures, YAML.
 */
package io.klts.repo.elf;
