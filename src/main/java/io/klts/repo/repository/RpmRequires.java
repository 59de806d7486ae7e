package io.klts.repo.repository;

import io.klts.repo.rpm.RpmDependency;
import io.klts.repo.rpm.RpmPackage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which of a package's requirements go into primary.xml: what createrepo leaves out, because rpm
 * itself or the package fulfils it, is left out here too.
 */
final class RpmRequires {

  private static final Pattern LIBC = Pattern.compile("libc\\.so\\.6\\(GLIBC_([0-9.]+)\\).*");

  private RpmRequires() {}

  static List<RpmDependency> of(RpmPackage rpm) {
    Set<String> own = new HashSet<>();
    rpm.files().forEach(f -> own.add(f.path()));
    Set<RpmDependency> provided = new HashSet<>();
    rpm.provides().forEach(p -> provided.add(p));
    Set<RpmDependency> kept = new LinkedHashSet<>();
    for (RpmDependency dependency : rpm.requires()) {
      boolean fulfilled =
          dependency.name().startsWith("rpmlib(")
              || (isPrimary(dependency.name()) && own.contains(dependency.name()))
              || provided.contains(dependency);
      if (!fulfilled) {
        kept.add(dependency);
      }
    }
    return withoutOlderLibc(kept);
  }

  /** Paths that are in primary.xml, so that a client can depend on them without filelists.xml. */
  static boolean isPrimary(String path) {
    return path.startsWith("/etc/") || path.contains("bin/") || path.equals("/usr/lib/sendmail");
  }

  /** A C library that has a symbol version has all older ones: the newest says it all. */
  private static List<RpmDependency> withoutOlderLibc(Set<RpmDependency> dependencies) {
    Optional<RpmDependency> newest =
        dependencies.stream()
            .filter(d -> d.name().startsWith("libc.so.6"))
            .max(Comparator.comparing(d -> version(d.name()), java.util.Arrays::compare));
    List<RpmDependency> kept = new ArrayList<>();
    for (RpmDependency dependency : dependencies) {
      if (!dependency.name().startsWith("libc.so.6")) {
        kept.add(dependency);
      }
    }
    newest.ifPresent(kept::add);
    return kept;
  }

  private static int[] version(String name) {
    Matcher m = LIBC.matcher(name);
    return m.matches()
        ? java.util.Arrays.stream(m.group(1).split("\\.")).mapToInt(Integer::parseInt).toArray()
        : new int[0];
  }
}
