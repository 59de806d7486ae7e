package io.klts.repo.verify;

import io.klts.repo.order.VersionOrder;

/**
 * A name with a bound, which a package provides or needs.
 *
 * @param comparison one of {@code < <= = >= >}; empty for no bound
 */
record Capability(String name, String comparison, String version) {

  static Capability of(String name) {
    return new Capability(name, "", "");
  }

  /** Whether something that is provided fulfils this need. */
  boolean isMetBy(Capability provided, VersionOrder order) {
    if (!name.equals(provided.name)) {
      return false;
    }
    if (comparison.isEmpty()) {
      return true;
    }
    if (provided.comparison.isEmpty()) {
      // To rpm a name without version stands for every version, to dpkg for none.
      return order == VersionOrder.RPM;
    }
    int side = order.compare(provided.version, version);
    if (side == 0) {
      return shares(provided, '=') || shares(provided, '<') || shares(provided, '>');
    }
    char here = side < 0 ? '<' : '>';
    char there = side < 0 ? '>' : '<';
    return comparison.indexOf(here) >= 0 || provided.comparison.indexOf(there) >= 0;
  }

  private boolean shares(Capability other, char sign) {
    return comparison.indexOf(sign) >= 0 && other.comparison.indexOf(sign) >= 0;
  }

  @Override
  public String toString() {
    return comparison.isEmpty() ? name : name + " " + comparison + " " + version;
  }
}
