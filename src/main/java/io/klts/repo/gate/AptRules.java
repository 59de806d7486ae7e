package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Parallel;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules of apt: {@code dists/} of each suite that changes. */
final class AptRules {

  private static final Pattern BLANKS = Pattern.compile(" +");
  private static final String DISTS = "apt/dists/";

  private static final Pattern DATE =
      Pattern.compile("([A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d) UTC");

  private static final List<String> NAMES = List.of("Origin", "Label", "Suite", "Codename");

  private static final List<String> FORMS = List.of("Packages", "Packages.gz", "Packages.xz");

  private final Proposal proposal;
  private final SignatureRules signatures;
  private final Optional<Trust> trust;
  private final Instant now;
  private final boolean isReleaseInfoFree;

  AptRules(
      Proposal proposal,
      SignatureRules signatures,
      Optional<Trust> trust,
      Instant now,
      boolean isReleaseInfoFree) {
    this.proposal = proposal;
    this.signatures = signatures;
    this.trust = trust;
    this.now = now;
    this.isReleaseInfoFree = isReleaseInfoFree;
  }

  void check() throws IOException {
    Set<String> suites = new TreeSet<>();
    for (String path : proposal.changes().keySet()) {
      if (path.startsWith(DISTS)) {
        suites.add(path.substring(0, path.indexOf('/', DISTS.length()) + 1));
      }
    }
    Parallel.run(suites, this::suite);
  }

  private void suite(String suite) throws IOException {
    String path = suite + "Release";
    Optional<Blob> release = proposal.file(path);
    if (release.isEmpty()) {
      proposal.report(Rule.RELEASE_FORMS, path, "a Release file", "none");
      return;
    }
    byte[] bytes = release.get().bytes();
    if (trust.isPresent()) {
      signed(suite, path, bytes, trust.get());
    }
    List<String> sums = new ArrayList<>();
    Map<String, String> fields = fields(bytes, sums);
    for (String hash : List.of("MD5Sum", "SHA1", "SHA512")) {
      proposal.require(!fields.containsKey(hash), Rule.RELEASE_HASHES, path, "SHA256 only", hash);
    }
    proposal.require(
        fields.containsKey("SHA256"), Rule.RELEASE_HASHES, path, "SHA256 sums", "none");
    date(path, fields.getOrDefault("Date", "none"));
    Optional<Blob> present = proposal.present(path);
    if (present.isPresent()) {
      successor(path, fields, fields(present.get().bytes(), new ArrayList<>()));
    }
    String byHash = fields.getOrDefault("Acquire-By-Hash", "none");
    proposal.require(
        byHash.equals("yes"), Rule.RELEASE_BY_HASH, path, "Acquire-By-Hash: yes", byHash);
    sums(suite, path, sums);
  }

  private static Map<String, String> fields(byte[] release, List<String> sums) {
    Map<String, String> fields = new HashMap<>();
    String field = "";
    for (String line : new String(release, UTF_8).lines().toList()) {
      if (!line.startsWith(" ")) {
        field = line.substring(0, Math.max(0, line.indexOf(':')));
        fields.put(field, line.substring(Math.min(line.length(), field.length() + 1)).strip());
      } else if (field.equals("SHA256")) {
        sums.add(line.strip());
      }
    }
    return fields;
  }

  /** What apt compares with what it had. */
  private void successor(String path, Map<String, String> fields, Map<String, String> before) {
    if (!isReleaseInfoFree) {
      for (String name : NAMES) {
        String expected = before.getOrDefault(name, "none");
        String found = fields.getOrDefault(name, "none");
        proposal.require(
            found.equals(expected),
            Rule.RELEASE_NAMES,
            path,
            name + ": " + expected,
            name + ": " + found);
      }
    }
    Optional<Instant> date = instant(fields.getOrDefault("Date", "none"));
    Optional<Instant> older = instant(before.getOrDefault("Date", "none"));
    proposal.require(
        date.isEmpty() || older.isEmpty() || !date.get().isBefore(older.get()),
        Rule.RELEASE_DATE,
        path,
        "a Date that is not before " + before.get("Date"),
        fields.get("Date"));
  }

  private void signed(String suite, String path, byte[] bytes, Trust by) throws IOException {
    for (String form : List.of("Release.gpg", "InRelease")) {
      proposal.require(
          proposal.has(suite + form), Rule.RELEASE_FORMS, path, form + " beside it", "none");
    }
    if (proposal.has(suite + "Release.gpg")) {
      signatures.detached(suite + "Release.gpg", bytes, by.signers());
    }
    if (proposal.has(suite + "InRelease")) {
      Optional<String> text = signatures.clearsigned(suite + "InRelease", by.signers());
      proposal.require(
          text.isEmpty() || text.get().equals(new String(bytes, UTF_8)),
          Rule.RELEASE_FORMS,
          suite + "InRelease",
          "the text of Release",
          "another text");
    }
  }

  private void date(String path, String text) {
    Optional<Instant> date = instant(text);
    if (date.isPresent()) {
      proposal.require(
          !date.get().isAfter(now),
          Rule.RELEASE_DATE,
          path,
          "a Date that is not after " + now,
          text);
    } else {
      String form = "a Date such as Tue, 06 May 2025 00:00:00 UTC";
      proposal.report(Rule.RELEASE_DATE, path, form, text);
    }
  }

  private static Optional<Instant> instant(String text) {
    Matcher date = DATE.matcher(text);
    if (!date.matches()) {
      return Optional.empty();
    }
    try {
      // Unlike a pattern, this needs none of Java's data of languages, which is slow to come.
      String known = date.group(1) + " GMT";
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(known, Instant::from));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private void sums(String suite, String path, List<String> sums) throws IOException {
    Set<String> listed = new TreeSet<>();
    for (String sum : sums) {
      String[] parts = BLANKS.split(sum, 3);
      if (parts.length == 3) {
        listed.add(parts[2]);
        listed(suite, parts[0], parts[1], parts[2]);
      } else {
        proposal.report(Rule.RELEASE_DIGESTS, path, "digest, size and name", sum);
      }
    }
    for (String name : List.copyOf(listed)) {
      String folder = name.substring(0, name.lastIndexOf('/') + 1);
      for (String form : FORMS) {
        proposal.require(
            listed.contains(folder + form), Rule.RELEASE_DIGESTS, path, folder + form, "none");
      }
    }
  }

  private void listed(String suite, String sha256, String size, String name) throws IOException {
    String path = suite + name;
    String found = proposal.file(path).map(f -> Long.toString(f.size())).orElse("no file");
    if (!found.equals(size)) {
      proposal.report(Rule.RELEASE_DIGESTS, path, size + " bytes", found);
      return;
    }
    if (proposal.changes(path)) {
      digest(Rule.RELEASE_DIGESTS, path, sha256);
    }
    String byHash = path.substring(0, path.lastIndexOf('/') + 1) + "by-hash/SHA256/" + sha256;
    if (!proposal.has(byHash)) {
      proposal.report(Rule.RELEASE_BY_HASH, path, byHash, "none");
    } else if (proposal.changes(byHash)) {
      digest(Rule.RELEASE_BY_HASH, byHash, sha256);
    }
  }

  private void digest(Rule rule, String path, String expected) throws IOException {
    String found = proposal.sha256(path).hex();
    proposal.require(found.equals(expected), rule, path, expected, found);
  }
}
