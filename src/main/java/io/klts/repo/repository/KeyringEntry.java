package io.klts.repo.repository;

import io.klts.repo.tree.ListedMirror;
import java.util.List;

/**
 * What the packages that bring keys and definitions have in them now.
 *
 * @param version grows with each change
 * @param day of the newest of their keys, as {@code 2026-04-14}
 * @param content differs when anything in them does
 * @param mirrors to which they send their machines, without the origin
 */
public record KeyringEntry(int version, String day, String content, List<ListedMirror> mirrors) {

  public KeyringEntry {
    Present.check(day, "day");
    Present.check(content, "content");
    ReleaseEntry.checkDate(day);
    mirrors = mirrors == null ? List.of() : List.copyOf(mirrors);
    if (version < 1) {
      throw new IllegalArgumentException("the version " + version + " is below 1");
    }
  }

  // Not those of the record: Java makes these at run time, which every publication would pay for.
  @Override
  public boolean equals(Object other) {
    return other instanceof KeyringEntry entry
        && version == entry.version
        && day.equals(entry.day)
        && content.equals(entry.content)
        && mirrors.equals(entry.mirrors);
  }

  @Override
  public int hashCode() {
    return content.hashCode();
  }
}
