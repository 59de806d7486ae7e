package io.klts.repo.mirror;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Parallel;
import io.klts.repo.mirror.MirrorReader.Patience;
import io.klts.repo.mirror.Problem.Kind;
import io.klts.repo.signature.KeyLint;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Signed;
import io.klts.repo.signature.Verifier;
import io.klts.repo.tree.Generations.Generation;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Manifest.Entry;
import io.klts.repo.tree.Stage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Looks at mirrors as their readers do, through their public addresses. */
public final class Examination {

  /** How long a mirror may be behind whose interval is not known. */
  public static final Duration ALLOWED_LAG = Duration.ofDays(3);

  /** Certificates renew themselves a month before their end; this is when that has failed. */
  private static final long CERTIFICATE_NOTICE = 14;

  private static final long CERTIFICATE_LEAST = 3;
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);
  private static final int MIRRORS_AT_ONCE = 16;
  private static final int SAMPLES = 16;
  private static final long SAMPLE_BYTES = 64 << 20;

  private final Mirror mirror;
  private final Reference reference;
  private final Depth depth;
  private final Instant now;
  private final Duration allowedLag;
  private final MirrorReader reader;
  private final Findings findings = new Findings();

  private boolean reachable;
  private boolean signed;
  private long serial;
  private long rate;
  private Optional<Instant> date = Optional.empty();
  private Duration latency = Duration.ZERO;
  private Optional<Long> certificateDays = Optional.empty();
  private Optional<Long> keyDays = Optional.empty();

  private Examination(
      Mirror mirror,
      Reference reference,
      Depth depth,
      Instant now,
      Duration allowedLag,
      MirrorReader reader) {
    this.mirror = mirror;
    this.reference = reference;
    this.depth = depth;
    this.now = now;
    this.allowedLag = allowedLag;
    this.reader = reader;
  }

  /**
   * Looks at one mirror. It ends in bounded time, whatever the server does.
   *
   * @return also if nothing of it could be read: then that is a problem
   */
  public static Health of(Mirror mirror, Reference reference, Depth depth, Instant now) {
    return of(mirror, reference, depth, now, allowedLag(mirror), Patience.of(depth));
  }

  /** As the other, with other patience. */
  static Health of(
      Mirror mirror,
      Reference reference,
      Depth depth,
      Instant now,
      Duration allowedLag,
      Patience patience) {
    try (MirrorReader reader = new MirrorReader(mirror, patience)) {
      return new Examination(mirror, reference, depth, now, allowedLag, reader).look();
    }
  }

  /**
   * Looks at several mirrors side by side: none waits for another.
   *
   * @param allowedLag how long each may be behind; empty for its own interval
   * @return in the order of the mirrors
   * @throws IOException if this thread is interrupted
   */
  public static List<Health> all(
      Collection<Mirror> mirrors,
      Reference reference,
      Depth depth,
      Instant now,
      Optional<Duration> allowedLag)
      throws IOException {
    if (mirrors.isEmpty()) {
      return List.of();
    }
    Patience patience = Patience.of(depth);
    return Parallel.map(
        Math.min(mirrors.size(), MIRRORS_AT_ONCE),
        mirrors,
        m -> of(m, reference, depth, now, allowedLag.orElseGet(() -> allowedLag(m)), patience));
  }

  /** How long a mirror may be behind: from one time that it is renewed to the next. */
  public static Duration allowedLag(Mirror mirror) {
    return mirror.interval().isZero() ? ALLOWED_LAG : mirror.interval();
  }

  private Health look() {
    try {
      Optional<Manifest> listed = listed();
      if (listed.isPresent()) {
        judge(listed.get());
      }
    } catch (IOException e) {
      findings.failed("", e);
    }
    long behind = serial == 0 ? 0 : Math.max(0, reference.manifest().serial() - serial);
    return new Health(
        mirror,
        reachable,
        signed,
        serial,
        behind,
        behind == 0 ? Duration.ZERO : lag(),
        date,
        latency,
        rate,
        certificateDays,
        keyDays,
        reader.files(),
        reader.bytes(),
        findings.all());
  }

  /** What the mirror should have, as far as that is proven; empty if nothing can be judged. */
  private Optional<Manifest> listed() throws IOException {
    Reading text = first();
    reachable = true;
    latency = text.answered();
    text.certificateEnds().ifPresent(this::checkCertificate);
    if (text.isAbsent()) {
      if (mirror.paths().isEmpty()) {
        findings.fault(
            Kind.MISSING, Manifest.PATH, "the list of all files", "no such file", Remedy.WHOLE);
      }
      return Optional.of(known());
    }
    if (!isWhole(Manifest.PATH, text)) {
      return Optional.empty();
    }
    byte[] bytes = text.content().bytes();
    boolean same = Arrays.equals(bytes, reference.manifestBytes());
    boolean ours = same || isEarlier(bytes);
    if (reference.keys().isEmpty()) {
      checkUnsigned(ours);
    } else {
      signed = checkSignature(text.content(), ours);
    }
    if (!signed && !ours) {
      return Optional.empty();
    }
    Manifest found = Manifest.parse(bytes, Manifest.PATH);
    serial = found.serial();
    checkSerial(same);
    return Optional.of(found);
  }

  /** A connection that fails once may be a matter of the line, and not of the mirror. */
  private Reading first() throws IOException {
    try {
      return reader.read(Manifest.PATH, Manifest.LARGEST, true);
    } catch (IOException e) {
      if (MirrorReader.isSlow(e)) {
        throw e;
      }
      return reader.read(Manifest.PATH, Manifest.LARGEST, true);
    }
  }

  private boolean isWhole(String path, Reading reading) {
    if (!reading.isThere()) {
      findings.add(ContentCheck.wrongStatus(path, reading));
    } else if (reading.cut()) {
      findings.fault(
          Kind.LONGER,
          path,
          "at most " + reading.count() + " bytes",
          "more, perhaps without end",
          Remedy.AVOID);
    }
    return reading.isThere() && !reading.cut();
  }

  /** Without a manifest, a mirror is taken for the newest state whose first files it has. */
  private Manifest known() throws IOException {
    if (hasRoots(reference.manifest())) {
      serial = reference.manifest().serial();
      return reference.manifest();
    }
    for (Generation earlier : reference.earlier()) {
      if (hasRoots(earlier.manifest())) {
        serial = earlier.serial();
        return earlier.manifest();
      }
    }
    return reference.manifest();
  }

  private boolean hasRoots(Manifest state) throws IOException {
    for (Map.Entry<String, Entry> file : state.entries().entrySet()) {
      if (file.getValue().stage() == Stage.ROOT && holds(file.getKey())) {
        long size = file.getValue().size();
        Reading reading = reader.read(file.getKey(), size, false);
        if (reading.cut() || !reading.sha256().equals(file.getValue().sha256())) {
          return false;
        }
      }
    }
    return true;
  }

  private void checkCertificate(long ends) {
    long days = daysLeft(Instant.ofEpochSecond(ends));
    certificateDays = Optional.of(days);
    if (days < CERTIFICATE_NOTICE) {
      findings.add(
          new Problem(
              Kind.CERTIFICATE,
              days < CERTIFICATE_LEAST,
              "",
              "at least " + CERTIFICATE_NOTICE + " days left",
              days + " days",
              Remedy.CERTIFICATE));
    }
  }

  private long daysLeft(Instant end) {
    return Math.floorDiv(Duration.between(now, end).toSeconds(), Duration.ofDays(1).toSeconds());
  }

  /** Of a tree that nobody signed, only what we wrote ourselves is known. */
  private void checkUnsigned(boolean ours) {
    if (!ours) {
      findings.fault(
          Kind.TAMPERED,
          Manifest.PATH,
          "a manifest that was published here",
          "another one",
          Remedy.AVOID);
    }
  }

  private boolean checkSignature(Blob text, boolean ours) throws IOException {
    String path = Manifest.SIGNATURE_PATH;
    Reading signature = reader.read(path, Reference.LARGEST_SMALL, true);
    if (signature.isAbsent()) {
      findings.fault(
          Kind.MISSING, path, "the signature over the manifest", "no such file", Remedy.WHOLE);
      return false;
    }
    if (!isWhole(path, signature)) {
      return false;
    }
    try {
      Signed proof = new Verifier(reference.keys()).detached(text, signature.content().bytes());
      checkKey(proof.by());
      checkFuture(path, proof.at());
      return true;
    } catch (IOException e) {
      findings.fault(
          ours ? Kind.SIGNATURE : Kind.TAMPERED,
          ours ? path : Manifest.PATH,
          ours ? "the signature over this manifest" : "a manifest that a trusted key signed",
          e.getMessage(),
          ours ? Remedy.UPDATE : Remedy.AVOID);
      return false;
    }
  }

  private boolean isEarlier(byte[] text) throws IOException {
    for (Generation earlier : reference.earlier()) {
      if (Arrays.equals(text, earlier.manifest().bytes())) {
        return true;
      }
    }
    return false;
  }

  private void checkKey(PublicKey key) {
    keyDays = key.expires().map(this::daysLeft);
    if (keyDays.isPresent() && keyDays.get() < KeyLint.NOTICE.toDays()) {
      findings.add(
          new Problem(
              Kind.KEY,
              keyDays.get() < 0,
              "",
              "a signing key with at least " + KeyLint.NOTICE.toDays() + " days left",
              key + " with " + keyDays.get() + " days",
              "renew the key at the origin"));
    }
  }

  private void checkEnd(Manifest listed) {
    Optional<Instant> end = listed.validUntil();
    if (end.isPresent() && !now.isBefore(end.get())) {
      findings.fault(
          Kind.STALE,
          Manifest.PATH,
          "a tree that ends after " + now,
          "one that ended on " + end.get(),
          "refresh the tree at the origin, and bring the mirror up to date");
    }
  }

  private void checkFuture(String path, Instant time) {
    if (time.isAfter(now.plus(CLOCKS_DIFFER))) {
      findings.fault(
          Kind.FUTURE,
          path,
          "a time before " + now,
          time.toString(),
          "set the clock of this machine right, or that of the origin, and refresh the tree");
    }
  }

  private void checkSerial(boolean same) {
    long expected = reference.manifest().serial();
    if (serial > expected || (serial == expected && !same)) {
      findings.fault(
          Kind.AHEAD,
          Manifest.PATH,
          "serial " + expected + " as it is at the origin",
          serial > expected ? "serial " + serial : "another tree with this serial",
          "publish from one place only, and compare with that");
    }
  }

  private void judge(Manifest listed) throws IOException {
    checkEnd(listed);
    SortedMap<String, Entry> files = new TreeMap<>();
    listed
        .entries()
        .forEach(
            (path, entry) -> {
              if (isWanted(path, entry)) {
                files.put(path, entry);
              }
            });
    if (depth == Depth.PUSHED) {
      files.putAll(sample(listed));
    }
    ContentCheck content =
        new ContentCheck(reader, mirror, reference, listed, depth != Depth.QUICK, findings);
    content.check(files);
    date = content.date();
    date.ifPresent(time -> checkFuture(Reference.DATE, time));
    if (serial < reference.manifest().serial() && serial != 0) {
      checkLag();
    }
    rate = biggest(listed).map(reader::rate).orElse(0L);
  }

  /** A mirror that lays the tree out anew has the folders of packages and indexes only. */
  private boolean holds(String path) {
    return mirror.paths().isEmpty() || path.matches("(rpm|apt)/.*");
  }

  private boolean isWanted(String path, Entry entry) {
    return holds(path)
        && (depth == Depth.DEEP
            || entry.stage() == Stage.ROOT
            || path.equals(Reference.DATE)
            || (depth == Depth.PUSHED && entry.stage() == Stage.INDEX));
  }

  private SortedMap<String, Entry> sample(Manifest listed) {
    List<Map.Entry<String, Entry>> payload =
        listed.entries().entrySet().stream()
            .filter(file -> file.getValue().stage() == Stage.PAYLOAD)
            .filter(file -> holds(file.getKey()))
            .toList();
    SortedMap<String, Entry> sample = new TreeMap<>();
    long bytes = 0;
    for (int i = 0; i < Math.min(SAMPLES, payload.size()); i++) {
      Map.Entry<String, Entry> file = payload.get((int) ((long) i * payload.size() / SAMPLES));
      bytes += file.getValue().size();
      if (bytes <= SAMPLE_BYTES) {
        sample.put(file.getKey(), file.getValue());
      }
    }
    return sample;
  }

  private static Optional<String> biggest(Manifest listed) {
    return listed.entries().entrySet().stream()
        .filter(file -> file.getKey().matches("(rpm|apt)/.*"))
        .max(Comparator.comparing(file -> file.getValue().size()))
        .map(Map.Entry::getKey);
  }

  private void checkLag() {
    Duration lag = lag();
    boolean pushed = depth == Depth.PUSHED;
    findings.add(
        new Problem(
            Kind.STALE,
            pushed || lag.compareTo(allowedLag) > 0,
            "",
            "serial " + reference.manifest().serial(),
            "serial "
                + serial
                + ", behind for "
                + words(lag)
                + " of "
                + (pushed ? "none" : words(allowedLag))
                + " allowed",
            Remedy.UPDATE));
  }

  /**
   * For how long the mirror has lacked the serial after its own. Where the tree is published, that
   * is known; elsewhere the dates of the two trees have to do. Of a mirror that lacks one serial
   * only, the age of that one bounds it, too: a release may be published long after its day.
   */
  private Duration lag() {
    Optional<Instant> since =
        reference.earlier().stream()
            .filter(earlier -> earlier.serial() == serial)
            .map(Generation::superseded)
            .findFirst();
    if (since.isPresent()) {
      return between(since.get(), now);
    }
    if (date.isEmpty() || reference.date().isEmpty()) {
      return Duration.ZERO;
    }
    Duration dates = between(date.get(), reference.date().get());
    Duration age = between(reference.date().get(), now);
    boolean one = reference.manifest().serial() - serial == 1;
    return one && age.compareTo(dates) < 0 ? age : dates;
  }

  private static Duration between(Instant from, Instant to) {
    return from.isAfter(to) ? Duration.ZERO : Duration.between(from, to);
  }

  /** A time for people: {@code 6 h}. */
  public static String words(Duration time) {
    if (time.toDays() >= 4) {
      return time.toDays() + " d";
    }
    return time.toHours() > 0 ? time.toHours() + " h" : time.toMinutes() + " min";
  }
}
