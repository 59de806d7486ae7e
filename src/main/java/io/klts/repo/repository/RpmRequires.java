package io.klts.repo.repository;

import io.klts.repo.rpm.RpmDependency;
import io.klts.repo.rpm.RpmPackage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

  /** What rpm-md can say of a dependency. */
  private record Key(String name, String comparison, String version, boolean pre) {
    static Key of(RpmDependency dependency) {
      return new Key(
          dependency.name(),
          dependency.comparison(),
          dependency.version(),
          dependency.isPrerequisite());
    }

    Key withoutPre() {
      return new Key(name, comparison, version, false);
    }
  }

  static List<RpmDependency> of(RpmPackage rpm) {
    Set<String> own = new HashSet<>();
    rpm.files().forEach(f -> own.add(f.path()));
    Set<Key> provided = new HashSet<>();
    rpm.provides().forEach(p -> provided.add(Key.of(p).withoutPre()));
    // As createrepo: a dependency is left out if it looks like the one before of the same name.
    Map<String, Key> previous = new HashMap<>();
    List<RpmDependency> kept = new ArrayList<>();
    for (RpmDependency dependency : rpm.requires()) {
      Key key = Key.of(dependency);
      boolean fulfilled =
          key.name.startsWith("rpmlib(")
              || (isPrimary(key.name) && own.contains(key.name))
              || provided.contains(key.withoutPre());
      if (!fulfilled && !key.equals(previous.put(key.name, key))) {
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
  private static List<RpmDependency> withoutOlderLibc(List<RpmDependency> dependencies) {
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
