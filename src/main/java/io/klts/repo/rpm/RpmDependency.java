package io.klts.repo.rpm;

/**
 * One side of a relation, as rpm writes it.
 *
 * @param flags comparison and context bits (rpmds.h)
 * @param version {@code [epoch:]version[-release]}, empty if any version will do
 */
public record RpmDependency(String name, int flags, String version)
    implements Comparable<RpmDependency> {

  static RpmDependency unversioned(String name) {
    return new RpmDependency(name, 0, "");
  }

  /** How the version is compared: EQ, LT, LE, GT, GE, or empty. */
  public String comparison() {
    boolean equal = (flags & Tag.EQUAL) != 0;
    if ((flags & Tag.LESS) != 0) {
      return equal ? "LE" : "LT";
    }
    if ((flags & Tag.GREATER) != 0) {
      return equal ? "GE" : "GT";
    }
    return equal ? "EQ" : "";
  }

  /** Whether it is needed before the package's first file is installed. */
  public boolean isPrerequisite() {
    return (flags & (Tag.PREREQ | Tag.SCRIPT_PRE | Tag.SCRIPT_POST)) != 0;
  }

  @Override
  public int compareTo(RpmDependency other) {
    int byName = name.compareTo(other.name);
    int byVersion = byName != 0 ? byName : version.compareTo(other.version);
    return byVersion != 0 ? byVersion : Integer.compare(flags, other.flags);
  }
}
