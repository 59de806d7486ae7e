package io.klts.repo.verify;

import io.klts.repo.blob.Sha256;
import io.klts.repo.order.VersionOrder;
import io.klts.repo.source.BoundedInput;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.TreePath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.SingleXZInputStream;

/** One suite: its roots, the indexes they list, the packages these name. */
final class AptMetadata {

  private static final String DISTS = "apt/dists/";
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'UTC'", Locale.ROOT);
  private static final Pattern SUM = Pattern.compile(" ([0-9a-f]{64}) +(\\d{1,18}) +(\\S+)");
  private static final Pattern RELATION =
      Pattern.compile("([A-Za-z0-9.+-]+)(?::\\w+)?(?: *\\( *(<<|<=|=|>=|>>) *([^ )]+) *\\))?");
  private static final int MOST_WORDS = 64;
  private static final int XZ_MEMORY_KIB = 100 << 10;

  private final PublishedFiles files;
  private final Problems problems;
  private final String suite;
  private final String folder;
  private final String release;

  AptMetadata(PublishedFiles files, String suite) {
    this.files = files;
    this.problems = files.problems();
    this.suite = suite;
    this.folder = DISTS + suite;
    this.release = folder + "/Release";
  }

  /** Checks the suite and says what is in it. */
  Channel check(Signatures signatures) {
    Optional<byte[]> plain = files.read(release);
    Optional<byte[]> detached = files.read(release + ".gpg");
    Optional<byte[]> framed = files.read(folder + "/InRelease");
    List<ListedPackage> packages = new ArrayList<>();
    if (plain.isPresent()) {
      detached.ifPresent(s -> signatures.detached(release, plain.get(), release + ".gpg", s));
      framed.ifPresent(f -> signatures.clearsigned(folder + "/InRelease", f, release, plain.get()));
      try {
        checkRelease(new String(plain.get(), StandardCharsets.UTF_8), signatures.now(), packages);
      } catch (IOException e) {
        problems.unreadable(release, "the root of " + suite, e);
      }
    }
    return new Channel(folder, VersionOrder.DEB, packages);
  }

  private void checkRelease(String text, Instant now, List<ListedPackage> packages)
      throws IOException {
    Map<String, String> fields = new TreeMap<>();
    Map<String, Sum> sums = new TreeMap<>();
    for (String line : text.split("\n", -1)) {
      int colon = line.indexOf(':');
      if (line.startsWith(" ")) {
        Matcher sum = SUM.matcher(line);
        if (!sum.matches()
            || sums.put(sum.group(3), new Sum(sum.group(1), Long.parseLong(sum.group(2))))
                != null) {
          throw new IOException("the line \"" + line + "\" in place of a digest of one more file");
        }
      } else if (colon > 0) {
        if (fields.put(line.substring(0, colon), line.substring(colon + 1).strip()) != null) {
          throw new IOException("the field " + line.substring(0, colon) + " twice");
        }
      } else if (!line.isEmpty()) {
        throw new IOException("the line \"" + line + "\"");
      }
    }
    expect(fields, "Suite", suite);
    expect(fields, "Codename", suite);
    expect(fields, "Acquire-By-Hash", "yes");
    expect(fields, "SHA256", "");
    checkDates(fields, now);
    sums.forEach(this::checkSum);
    Set<String> indexes = new TreeSet<>();
    for (String component : words(fields, "Components")) {
      for (String arch : words(fields, "Architectures")) {
        String index = component + "/binary-" + arch + "/Packages";
        indexes.addAll(Set.of(index, index + ".gz", index + ".xz"));
        if (sums.keySet().containsAll(Set.of(index, index + ".gz", index + ".xz"))) {
          readIndex(index, arch, sums, packages);
        }
      }
    }
    if (!indexes.equals(sums.keySet())) {
      problems.fault(
          release,
          "digests of " + String.join(" ", indexes),
          "those of " + String.join(" ", sums.keySet()),
          "reindex the tree");
    }
  }

  private record Sum(String sha256, long size) {}

  /** Few: for each component and architecture there are indexes. */
  private static String[] words(Map<String, String> fields, String name) throws IOException {
    String[] words = fields.getOrDefault(name, "").split(" ", MOST_WORDS + 1);
    if (words.length > MOST_WORDS) {
      throw new IOException("more than " + MOST_WORDS + " " + name);
    }
    return words;
  }

  private void expect(Map<String, String> fields, String name, String expected) {
    String found = fields.getOrDefault(name, "nothing");
    if (!found.equals(expected)) {
      problems.fault(release, name + ": " + expected, found, "reindex the tree");
    }
  }

  private void checkDates(Map<String, String> fields, Instant now) {
    Optional<Instant> date = date(fields, "Date", true);
    if (date.filter(now::isBefore).isPresent()) {
      problems.fault(
          release,
          "a Date before " + now,
          fields.get("Date"),
          "set the clock of this machine right");
    }
    Optional<Instant> end = date(fields, "Valid-Until", false);
    if (end.filter(e -> !now.isBefore(e)).isPresent()) {
      problems.fault(
          release, "a Valid-Until after " + now, fields.get("Valid-Until"), "publish again");
    }
  }

  private Optional<Instant> date(Map<String, String> fields, String name, boolean required) {
    String text = fields.get(name);
    if (text == null && !required) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          LocalDateTime.parse(text == null ? "" : text, DATE).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      problems.fault(
          release, name + " as Tue, 06 May 2025 00:00:00 UTC", "" + text, "reindex the tree");
      return Optional.empty();
    }
  }

  /** An index under its name and under its digest. */
  private void checkSum(String name, Sum sum) {
    int slash = name.lastIndexOf('/');
    String parent = folder + "/" + name.substring(0, Math.max(0, slash));
    files.refer(release, folder + "/" + name, sum.size, sum.sha256);
    files.refer(release, parent + "/by-hash/SHA256/" + sum.sha256, sum.size, sum.sha256);
  }

  private void readIndex(
      String index, String arch, Map<String, Sum> sums, List<ListedPackage> packages) {
    String path = folder + "/" + index;
    Sum plain = sums.get(index);
    if (!files.entries().containsKey(path)) {
      return;
    }
    try (InputStream in = files.open(path).orElse(null)) {
      if (in != null) {
        BoundedInput text = new BoundedInput(in, plain.size, "\n");
        stanzas(text, path, arch, packages);
      }
    } catch (IOException e) {
      problems.unreadable(path, "the packages of " + suite + " for " + arch, e);
    }
    checkCompressed(path + ".gz", plain);
    checkCompressed(path + ".xz", plain);
  }

  /** The same text, read no further than that is long. */
  private void checkCompressed(String path, Sum plain) {
    try (InputStream in = files.open(path).orElse(null)) {
      if (in == null) {
        return;
      }
      InputStream text =
          path.endsWith(".gz")
              ? new GZIPInputStream(in)
              : new SingleXZInputStream(in, XZ_MEMORY_KIB);
      BoundedInput bounded = new BoundedInput(text, plain.size, "");
      bounded.drain();
      Sha256 found = bounded.sha256();
      if (!found.hex().equals(plain.sha256)) {
        problems.fault(
            path,
            "the text with SHA-256 " + plain.sha256 + " inside",
            found.hex(),
            "reindex the tree");
      }
    } catch (IOException e) {
      problems.unreadable(path, "the compressed form of Packages", e);
    }
  }

  private void stanzas(InputStream in, String index, String arch, List<ListedPackage> packages)
      throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16);
    Set<String> identities = new HashSet<>();
    Map<String, String> fields = new TreeMap<>();
    String last = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int colon = line.indexOf(':');
      if (line.isEmpty()) {
        stanza(fields, index, arch, identities, packages);
        fields.clear();
      } else if (line.startsWith(" ") && !fields.isEmpty()) {
        last = line; // A description goes on.
      } else if (colon <= 0
          || fields.put(line.substring(0, colon), line.substring(colon + 1).strip()) != null) {
        throw new IOException("the line \"" + line + "\" behind \"" + last + "\"");
      } else {
        last = line;
      }
    }
    if (!fields.isEmpty()) {
      throw new IOException("the end in the middle of a package");
    }
  }

  private void stanza(
      Map<String, String> fields,
      String index,
      String arch,
      Set<String> identities,
      List<ListedPackage> packages)
      throws IOException {
    String name = get(fields, "Package");
    String version = get(fields, "Version");
    String path = path(get(fields, "Filename"));
    String sha256 = get(fields, "SHA256");
    files.refer(index, path, size(get(fields, "Size")), sha256);
    List<Capability> provides = new ArrayList<>(List.of(new Capability(name, "=", version)));
    for (List<Capability> one : relations(fields, "Provides")) {
      provides.addAll(one);
    }
    List<List<Capability>> needs = relations(fields, "Depends");
    needs.addAll(relations(fields, "Pre-Depends"));
    ListedPackage listed =
        new ListedPackage(
            name, version, get(fields, "Architecture"), path, sha256, List.copyOf(provides), needs);
    boolean here = listed.arch().equals(arch) || listed.arch().equals("all");
    String file = name + "_" + version.replaceFirst("^\\d+:", "") + "_" + listed.arch() + ".deb";
    if (!here || !path.endsWith("/" + file) || !identities.add(listed.identity())) {
      problems.fault(
          index,
          "one package for " + arch + " with the name of its file",
          listed.identity() + " in " + path,
          "reindex the tree");
    }
    packages.add(listed);
    if (packages.size() > 64L * files.count()) {
      throw new IOException("more packages than the tree has files");
    }
  }

  private static String get(Map<String, String> fields, String name) throws IOException {
    String value = fields.getOrDefault(name, "");
    if (value.isEmpty()) {
      throw new IOException("package " + fields.getOrDefault("Package", "?") + " without " + name);
    }
    return value;
  }

  private static long size(String text) throws IOException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException("\"" + text + "\" in place of a size", e);
    }
  }

  private static String path(String name) throws IOException {
    try {
      return TreePath.check("apt/" + name);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** {@code a (>= 1) | b, c}. */
  private static List<List<Capability>> relations(Map<String, String> fields, String field)
      throws IOException {
    List<List<Capability>> all = new ArrayList<>();
    String text = fields.getOrDefault(field, "");
    for (String one : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      List<Capability> alternatives = new ArrayList<>();
      for (String alternative : one.split("\\|", -1)) {
        Matcher matcher = RELATION.matcher(alternative.strip());
        if (!matcher.matches()) {
          throw new IOException(field + ": " + alternative + ", which is no relation");
        }
        alternatives.add(
            matcher.group(2) == null
                ? Capability.of(matcher.group(1))
                : new Capability(
                    matcher.group(1),
                    matcher.group(2).replace("<<", "<").replace(">>", ">"),
                    matcher.group(3)));
      }
      all.add(List.copyOf(alternatives));
    }
    return all;
  }

  /** The suites that are there, or should be. */
  static Set<String> suites(Map<String, Manifest.Entry> entries) {
    Set<String> suites = new TreeSet<>();
    for (String path : entries.keySet()) {
      if (path.startsWith(DISTS) && path.indexOf('/', DISTS.length()) > 0) {
        suites.add(path.substring(DISTS.length(), path.indexOf('/', DISTS.length())));
      } else if (path.startsWith("apt/pool/")) {
        suites.add("stable");
      }
    }
    return suites;
  }
}
