package io.klts.repo.verify;

import io.klts.repo.signature.PublicKey;
import io.klts.repo.source.TreeSource;
import io.klts.repo.tree.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.io.file.PathUtils;

/** Looks at all of a published tree and says everything that is wrong with it. */
public final class Verification {

  /** The version of a package that brings a channel's definition, and which edition it is. */
  private static final Pattern DEFINITION =
      Pattern.compile("(?:0:)?\\d+\\.\\d+\\.0[.-]keys\\.(\\d+)(?:-1)?");

  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  private final TreeSource source;
  private final Optional<PublicKey> trusted;
  private final Instant now;
  private final Optional<Part> part;
  private final Problems problems = new Problems();
  private final List<String> notes = new ArrayList<>();
  private Signatures signatures;

  private Verification(
      TreeSource source, Optional<PublicKey> trusted, Instant now, Optional<Part> part) {
    this.source = source;
    this.trusted = trusted;
    this.now = now;
    this.part = part;
  }

  /**
   * Verifies a tree.
   *
   * @param trusted the key that the reader knows from elsewhere; without it the tree's own keys are
   *     taken, which proves only that the tree fits together
   * @throws IOException if there is no tree to be read
   */
  public static Report run(TreeSource source, Optional<PublicKey> trusted, Instant now)
      throws IOException {
    return run(source, trusted, now, Optional.empty());
  }

  /**
   * Verifies a copy of a part of a tree.
   *
   * @param part what the copy is meant to have; absent for what it says itself, or else the whole
   * @throws IOException if there is no tree to be read, or it has no such part
   */
  public static Report run(
      TreeSource source, Optional<PublicKey> trusted, Instant now, Optional<Part> part)
      throws IOException {
    return new Verification(source, trusted, now, part).run();
  }

  private Report run() throws IOException {
    Optional<byte[]> bytes = source.read(Manifest.PATH, Manifest.LARGEST);
    Optional<byte[]> signature = source.read(Manifest.SIGNATURE_PATH, Manifest.LARGEST_SIGNATURE);
    if (bytes.isEmpty() && signature.isEmpty()) {
      throw new IOException(source + ": there is no manifest: this is not a published tree");
    }
    Manifest manifest = Manifest.empty();
    try {
      if (bytes.isEmpty()) {
        throw new IOException("no such file");
      }
      manifest = Manifest.published(bytes.get(), Manifest.PATH);
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      problems.fault(Manifest.PATH, "the list of all files", reason, Problems.RESTORE);
    }
    PublishedFiles files = new PublishedFiles(source, manifest, source.leftOut(), problems);
    boolean proven = checkManifest(files, manifest, bytes.orElse(new byte[0]), signature);
    if (!proven && source.isRemote()) {
      return report(files, manifest, false, 0, 0, 0);
    }
    if (proven && part.isPresent()) {
      PublishedFiles whole = new PublishedFiles(source, manifest, Set.of(), problems);
      files = new PublishedFiles(source, manifest, leftOut(whole, part.get()), problems);
    }
    int leftOut = files.count() - files.entries().size();
    if (leftOut > 0) {
      notes.add("a part of the tree: " + leftOut + " files left out");
    }
    return checkAll(files, manifest, proven);
  }

  private static Set<String> leftOut(PublishedFiles files, Part part) throws IOException {
    Path folder = Files.createTempDirectory("klts-repo-verify");
    try {
      return part.leftOut(files.entries().keySet(), path -> files.save(path, folder));
    } finally {
      PathUtils.deleteDirectory(folder);
    }
  }

  private boolean checkManifest(
      PublishedFiles files, Manifest manifest, byte[] bytes, Optional<byte[]> signature) {
    KeyFiles keyFiles = new KeyFiles(files);
    List<PublicKey> offered = keyFiles.read();
    if (offered.isEmpty()) {
      problems.fault("keys", "the key that signed the tree", "none", "sign the tree: reindex it");
    }
    List<PublicKey> keys = trusted.map(List::of).orElse(offered);
    List<String> signers = manifest.keys();
    if (trusted.isEmpty()) {
      notes.add(
          "verified with the tree's own key, which proves only that the tree fits together;"
              + " give --key with a key that you have from elsewhere");
    } else if (offered.stream().noneMatch(k -> isTrusted(k.fingerprint()))) {
      problems.fault("keys", "the key " + trusted.get(), "only " + offered, "do not use the tree");
    }
    for (PublicKey key : offered) {
      keyFiles.lint("keys", key, signers.contains(key.fingerprint()), now);
    }
    trusted.ifPresent(key -> keyFiles.lint("the key given", key, true, now));
    List<String> unknown = new ArrayList<>(signers);
    offered.forEach(key -> unknown.remove(key.fingerprint()));
    boolean named = keys.stream().anyMatch(key -> signers.contains(key.fingerprint()));
    if (!named || !unknown.isEmpty()) {
      problems.fault(
          Manifest.PATH,
          "fingerprints of the tree's keys, and of the one to trust",
          signers.toString(),
          "do not use the tree");
    }
    signatures = new Signatures(keys, List.of(), now, problems);
    if (signature.isEmpty()) {
      problems.fault(
          Manifest.SIGNATURE_PATH,
          "a signature over the manifest",
          "no such file",
          Problems.RESTORE);
      return false;
    }
    if (named && unknown.isEmpty() && isSigned(keys, bytes, signature.get())) {
      // What the manifest lists is proven, and with it the tree's other keys.
      signatures = new Signatures(offered, signers, now, problems);
    }
    return signatures.detached(Manifest.PATH, bytes, Manifest.SIGNATURE_PATH, signature.get());
  }

  private boolean isSigned(List<PublicKey> keys, byte[] bytes, byte[] signature) {
    return new Signatures(keys, List.of(), now, new Problems())
        .detached(Manifest.PATH, bytes, Manifest.SIGNATURE_PATH, signature);
  }

  private boolean isTrusted(String fingerprint) {
    return trusted.filter(key -> key.fingerprint().equals(fingerprint)).isPresent();
  }

  private Report checkAll(PublishedFiles files, Manifest manifest, boolean proven)
      throws IOException {
    files.checkContents();
    if (files.missing() > 0 && source.isRemote() && part.isEmpty()) {
      notes.add(
          files.missing()
              + " files are missing; if this is a copy of a part of the tree, say which part:"
              + " --channel, --arch, --format");
    }
    checkState(files, manifest);
    new TimestampFile(files, manifest).check(signatures);
    Set<String> rpmFolders = RpmMetadata.folders(files.entries());
    rpmFolders.removeIf(folder -> files.leavesOut(folder + "/repodata/repomd.xml"));
    Set<String> suites = AptMetadata.suites(files.entries());
    suites.removeIf(suite -> files.leavesOut("apt/dists/" + suite + "/Release"));
    List<Channel> rpm = new ArrayList<>();
    for (String folder : rpmFolders) {
      rpm.add(new RpmMetadata(files, folder).check(signatures));
    }
    List<Channel> apt = new ArrayList<>();
    for (String suite : suites) {
      apt.add(new AptMetadata(files, suite).check(signatures));
    }
    new DefinitionFiles(files).check(rpmFolders, suites);
    files.checkReferred();
    for (List<Channel> channels : List.of(rpm, apt)) {
      Closure closure = new Closure(channels, problems);
      channels.forEach(closure::check);
    }
    if (!files.leavesOut("rpm/repodata/repomd.xml")) {
      checkEverything(rpm, "rpm");
    }
    if (!files.leavesOut("apt/dists/stable/Release")) {
      checkEverything(apt, "apt/dists/stable");
    }
    int older = source.isRemote() ? 0 : files.checkOrphans();
    int packages = packages(rpm) + packages(apt);
    return report(files, manifest, proven, rpm.size() + apt.size(), packages, older);
  }

  private static int packages(List<Channel> channels) {
    Set<String> paths = new TreeSet<>();
    channels.forEach(channel -> channel.packages().forEach(one -> paths.add(one.path())));
    return paths.size();
  }

  /**
   * The channel with everything has what the others have, and nothing else. But each has packages
   * of its own that bring its definition, the same edition everywhere.
   */
  private void checkEverything(List<Channel> channels, String everything) {
    Set<String> minors = new TreeSet<>();
    Set<String> digests = new TreeSet<>();
    TreeMap<String, String> all = new TreeMap<>();
    Map<String, String> editions = new TreeMap<>();
    for (Channel channel : channels) {
      for (ListedPackage one : channel.packages()) {
        Matcher definition = DEFINITION.matcher(one.version());
        if (definition.matches() && one.isForAllArchs()) {
          editions.merge(channel.folder(), definition.group(1), (first, next) -> first + next);
        } else if (channel.folder().equals(everything)) {
          all.put(one.identity(), one.sha256());
        } else {
          minors.add(one.identity());
          digests.add(one.sha256());
        }
      }
    }
    if (!channels.isEmpty()
        && (!minors.equals(all.keySet()) || !digests.containsAll(all.values()))) {
      Set<String> missing = new TreeSet<>(minors);
      missing.removeAll(all.keySet());
      Set<String> more = new TreeSet<>(all.keySet());
      more.removeAll(minors);
      problems.fault(
          everything,
          "the packages of all minors",
          "without " + missing + ", besides " + more + ", or other files",
          "reindex the tree");
    }
    checkEditions(channels, editions);
  }

  private void checkEditions(List<Channel> channels, Map<String, String> editions) {
    boolean same = Set.copyOf(editions.values()).size() == 1 && editions.size() == channels.size();
    if (!editions.isEmpty() && !same) {
      problems.fault(
          channels.get(0).folder(),
          "one package with the definition of each channel, of one edition",
          editions.toString(),
          "reindex the tree");
    }
  }

  /** The next publication begins from these. */
  private void checkState(PublishedFiles files, Manifest manifest) {
    String path = "packages.json";
    Optional<byte[]> state = files.read(path);
    if (state.isEmpty()) {
      return;
    }
    Set<String> listed = new TreeSet<>();
    manifest.entries().values().forEach(entry -> listed.add(entry.sha256().hex()));
    Set<String> named = new TreeSet<>();
    Matcher matcher = HEX.matcher(new String(state.get(), StandardCharsets.UTF_8));
    while (matcher.find()) {
      named.add(matcher.group());
    }
    for (String digest : named) {
      if (!listed.contains(digest)) {
        problems.fault(path, "only digests of files in the manifest", digest, Problems.RESTORE);
      }
    }
    files.entries().keySet().stream()
        .filter(p -> Layout.of(p).filter(kind -> kind == Layout.STATE_PART).isPresent())
        .filter(p -> named.stream().noneMatch(p::contains))
        .forEach(p -> problems.fault(p, path + " to name it", "no word of it", Problems.RESTORE));
  }

  private Report report(
      PublishedFiles files,
      Manifest manifest,
      boolean proven,
      int channels,
      int packages,
      int older) {
    if (!proven && source.isRemote()) {
      notes.add("nothing else was fetched: the manifest is not proven");
    }
    return new Report(
        manifest.serial(),
        proven ? manifest.primary().orElse("") : "",
        manifest.entries().size(),
        files.entries().values().stream().mapToLong(Manifest.Entry::size).sum(),
        channels,
        packages,
        older,
        notes,
        problems.all());
  }
}
