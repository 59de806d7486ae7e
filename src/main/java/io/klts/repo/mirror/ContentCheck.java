package io.klts.repo.mirror;

import io.klts.repo.blob.Parallel;
import io.klts.repo.blob.Sha256;
import io.klts.repo.mirror.Problem.Kind;
import io.klts.repo.signature.Verifier;
import io.klts.repo.tree.CacheRule;
import io.klts.repo.tree.Generations.Generation;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Manifest.Entry;
import io.klts.repo.tree.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares files of a mirror with a manifest, and says what those are that differ. */
final class ContentCheck {

  private static final int THREADS = 6;

  /** After so many files that a server did not send it is not asked for more. */
  private static final int GIVE_UP = 6;

  /** Of files that somebody may have made anew, so much is read to say so. */
  private static final long ROOM = 1 << 20;

  private static final Pattern MAX_AGE =
      Pattern.compile("(?:max-age|s-maxage)\\s*=\\s*(\\d{1,18})");

  /** Longer than that, and clients meet halves of two states for hours. */
  private static final long LONGEST_AGE = 3600;

  private final MirrorReader reader;
  private final Mirror mirror;
  private final Reference reference;
  private final Manifest listed;
  private final boolean thorough;
  private final Findings findings;
  private final Map<String, Reading> roots = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> rules = new ConcurrentHashMap<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();
  private final AtomicInteger sentOn = new AtomicInteger();
  private volatile Optional<Instant> date = Optional.empty();

  /**
   * @param listed what the mirror should have
   * @param thorough whether servers are to send the rules for caches, and not only no wrong ones
   */
  ContentCheck(
      MirrorReader reader,
      Mirror mirror,
      Reference reference,
      Manifest listed,
      boolean thorough,
      Findings findings) {
    this.reader = reader;
    this.mirror = mirror;
    this.reference = reference;
    this.listed = listed;
    this.thorough = thorough;
    this.findings = findings;
  }

  /** What the mirror says of the date of its tree, if that was among the files. */
  Optional<Instant> date() {
    return date;
  }

  /** Looks at some of the listed files. */
  void check(SortedMap<String, Entry> files) throws IOException {
    Parallel.map(
        THREADS,
        files.entrySet(),
        file -> {
          check(file.getKey(), file.getValue());
          return file;
        });
    roots.forEach(this::checkPair);
    if (left.get() > 0) {
      findings.fault(
          failures.get() < GIVE_UP ? Kind.SLOW : Kind.UNREACHABLE,
          "",
          files.size() + " files",
          "gave up, and did not look at " + left.get() + " of them",
          Remedy.SERVER);
    }
  }

  private void check(String path, Entry entry) throws IOException {
    if (failures.get() >= GIVE_UP || !reader.hasTime()) {
      left.incrementAndGet();
      return;
    }
    boolean small = entry.stage() == Stage.ROOT || path.equals(Reference.DATE);
    Map<Sha256, Long> known = new TreeMap<>();
    long limit = Math.max(known(path, known), small ? ROOM : 0);
    try {
      Reading reading = reader.read(path, limit, small);
      if (!reading.isThere()) {
        findings.add(absent(path, reading));
        return;
      }
      if (entry.stage() == Stage.ROOT) {
        roots.put(path, reading);
      }
      checkCache(path, reading);
      checkContent(path, entry, reading, known);
    } catch (IOException e) {
      failures.incrementAndGet();
      findings.failed(path, e);
    }
  }

  /** Notes in which states a file had which digest; returns the greatest of its sizes. */
  private long known(String path, Map<Sha256, Long> known) throws IOException {
    long size = known(path, listed, known);
    size = Math.max(size, known(path, reference.manifest(), known));
    for (Generation earlier : reference.earlier()) {
      size = Math.max(size, known(path, earlier.manifest(), known));
    }
    return size;
  }

  private static long known(String path, Manifest manifest, Map<Sha256, Long> known) {
    Entry entry = manifest.entries().get(path);
    if (entry == null) {
      return 0;
    }
    known.putIfAbsent(entry.sha256(), manifest.serial());
    return entry.size();
  }

  private Problem absent(String path, Reading reading) {
    if (reading.isAbsent()) {
      boolean beside = path.matches(".*\\.(asc|key|gpg)");
      return new Problem(
          Kind.MISSING,
          true,
          path,
          "the file that the manifest lists",
          "no such file",
          beside ? Remedy.WHOLE : Remedy.COPY);
    }
    return wrongStatus(path, reading);
  }

  /** A server that answers with something else than the file. */
  static Problem wrongStatus(String path, Reading reading) {
    Optional<String> to = reading.headers().firstValue("Location");
    boolean elsewhere = reading.status() / 100 == 3;
    return new Problem(
        elsewhere ? Kind.REDIRECT : Kind.STATUS,
        true,
        path,
        "HTTP status 200",
        "HTTP status " + reading.status() + to.map(place -> " to " + place).orElse(""),
        Remedy.SERVER);
  }

  private void checkContent(String path, Entry entry, Reading reading, Map<Sha256, Long> known)
      throws IOException {
    String from = reading.elsewhere().map(host -> ", from " + host).orElse("");
    if (!reading.cut() && reading.sha256().equals(entry.sha256())) {
      if (!from.isEmpty() && sentOn.getAndIncrement() == 0) {
        findings.warn(
            Kind.REDIRECT,
            path,
            "the file itself",
            "a redirection to " + reading.elsewhere().orElseThrow(),
            "give the other address as its url, if it is to last");
      }
      if (path.equals(Reference.DATE)) {
        date = Reference.date(reading.content().bytes());
      }
      return;
    }
    String expected = entry.size() + " bytes of serial " + listed.serial();
    Long other = reading.cut() ? null : known.get(reading.sha256());
    if (other != null) {
      String remedy =
          mirror.kind() == Mirror.Kind.COPY
              ? Remedy.UPDATE
              : "let it ask for this file each time, or make it forget the file (purge)";
      findings.fault(Kind.MIXED, path, expected, "the file of serial " + other + from, remedy);
    } else if (isMadeAnew(path, entry, reading)) {
      findings.fault(
          Kind.RECREATED,
          path,
          expected,
          "an index of other files, which nobody signed" + from,
          "do not run createrepo or the like on a mirror; " + Remedy.WHOLE);
    } else if (reading.count() > entry.size() || reading.cut()) {
      findings.fault(Kind.LONGER, path, expected, "more" + from, Remedy.AVOID);
    } else if (reading.count() < entry.size()) {
      findings.fault(
          Kind.TRUNCATED, path, expected, reading.count() + " bytes" + from, Remedy.COPY);
    } else {
      findings.fault(
          Kind.TAMPERED,
          path,
          "SHA-256 " + entry.sha256(),
          reading.sha256().hex() + from,
          Remedy.AVOID);
    }
  }

  /** An index names files by their digests; one that names none of ours is another's. */
  private boolean isMadeAnew(String path, Entry entry, Reading reading) throws IOException {
    if (entry.stage() != Stage.ROOT || path.matches(".*\\.(asc|gpg)") || reading.cut()) {
      return false;
    }
    String folder = path.substring(0, path.lastIndexOf('/') + 1);
    String text = new String(reading.content().bytes(), StandardCharsets.ISO_8859_1);
    boolean names = Pattern.compile("\\b[0-9a-f]{64}\\b").matcher(text).find();
    // All paths that begin with the folder: '0' follows '/' in ASCII.
    return names
        && listed.entries().subMap(folder, folder.replaceFirst("/$", "0")).values().stream()
            .noneMatch(sibling -> text.contains(sibling.sha256().hex()));
  }

  /** Whether a signature beside a file is one over it. */
  private void checkPair(String path, Reading file) {
    for (String ending : new String[] {".asc", ".gpg"}) {
      Reading signature = roots.get(path + ending);
      if (signature != null && !reference.keys().isEmpty()) {
        try {
          new Verifier(reference.keys()).detached(file.content(), signature.content().bytes());
        } catch (IOException e) {
          String name = path.substring(path.lastIndexOf('/') + 1);
          findings.fault(
              Kind.SIGNATURE,
              path + ending,
              "the signature over " + name,
              "one that does not belong to it",
              Remedy.UPDATE);
        }
      }
    }
  }

  private void checkCache(String path, Reading reading) {
    String rule = CacheRule.of("/" + path);
    String found = String.join(", ", reading.headers().allValues("Cache-Control"));
    boolean asks = found.contains("no-cache") || found.contains("no-store");
    if (rule.equals("no-cache") && !asks && age(found) > LONGEST_AGE) {
      findings.fault(Kind.CACHE, path, "Cache-Control: " + rule, found, "set the header");
    } else if (thorough
        && (rule.equals("no-cache") ? !asks : !found.contains("immutable"))
        && rules.computeIfAbsent(rule, r -> new AtomicInteger()).getAndIncrement() == 0) {
      findings.warn(
          Kind.CACHE,
          path,
          "Cache-Control: " + rule,
          found.isEmpty() ? "none" : found,
          "set the header, for all files of this kind");
    }
  }

  private static long age(String cacheControl) {
    if (cacheControl.contains("immutable")) {
      return Long.MAX_VALUE;
    }
    long age = 0;
    Matcher matcher = MAX_AGE.matcher(cacheControl);
    while (matcher.find()) {
      age = Math.max(age, Long.parseLong(matcher.group(1)));
    }
    return age;
  }
}
