package io.klts.repo.rpm;

import io.klts.repo.elf.Elf;
import io.klts.repo.elf.Elf.VersionNeed;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What an executable file requires, in the words of rpm's own generator (elfdeps of rpm 4.18 with
 * its default settings): {@code libc.so.6()(64bit)}, {@code libc.so.6(GLIBC_2.34)(64bit)}, {@code
 * rtld(GNU_HASH)}. Every rpm distribution's libraries provide these.
 */
final class ElfRequirements {

  /** What elfdeps takes for a library's name; it passes over the rest in silence. */
  private static final Pattern LIBRARY = Pattern.compile("(?=.*\\.so)(lib|ld[.-]|ld64).*");

  private ElfRequirements() {}

  /** The requirements' names, sorted; none of them has a version. */
  static NavigableSet<String> of(Elf elf) {
    NavigableSet<String> requirements = new TreeSet<>();
    for (String soname : elf.needed()) {
      add(requirements, elf, soname, "");
    }
    for (VersionNeed need : elf.versionNeeds()) {
      add(requirements, elf, need.soname(), need.version());
    }
    // Loaders before glibc 2.5 know only the classic hash; without it they need this promise.
    if (elf.gnuHash() && !elf.sysvHash()) {
      requirements.add("rtld(GNU_HASH)");
    }
    return requirements;
  }

  private static void add(
      NavigableSet<String> requirements, Elf elf, String soname, String version) {
    if (!LIBRARY.matcher(soname).matches()) {
      return;
    }
    if (elf.is64()) {
      requirements.add(soname + "(" + version + ")(64bit)");
    } else {
      requirements.add(version.isEmpty() ? soname : soname + "(" + version + ")");
    }
  }
}
