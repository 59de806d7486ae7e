package io.klts.repo.catalogue;

/**
 * A vulnerability that a release fixes.
 *
 * @param cve such as CVE-2024-10220
 * @param score CVSS base score, 0 to 10; negative if nobody recorded one
 */
public record Fix(String cve, double score, Severity severity) {

  /** CVSS v3 bands. */
  public enum Severity {
    LOW,
    MEDIUM,
    HIGH,
    CRITICAL
  }
}
