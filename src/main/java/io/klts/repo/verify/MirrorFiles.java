package io.klts.repo.verify;

import io.klts.repo.tree.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists of mirrors: each has the addresses of {@code mirrors.json}, in its order, and no other. */
final class MirrorFiles {

  private static final String PATH = "mirrors.json";
  private static final String AGAIN = "reindex the tree";
  private static final Pattern RPM = Pattern.compile("\"rpm\" : \"(https?://[^\"\\s]+)\"");
  private static final Pattern APT = Pattern.compile("\"apt\" : \"(https?://[^\"\\s]+)\"");
  private static final Pattern APT_LINE = Pattern.compile("(\\S+)\tpriority:\\d{1,3}");

  private final PublishedFiles files;
  private final Problems problems;
  private final List<String> rpm;
  private final List<String> apt;

  private MirrorFiles(PublishedFiles files, String text) {
    this.files = files;
    this.problems = files.problems();
    this.rpm = all(RPM, text);
    this.apt = all(APT, text);
  }

  /** Reads the list that the others are made of. */
  static MirrorFiles read(PublishedFiles files) {
    return new MirrorFiles(files, files.read(PATH).map(MirrorFiles::text).orElse(""));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static List<String> all(Pattern pattern, String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  /** The origin is what is left when no mirror answers. */
  void checkOrigin(String base) {
    boolean last =
        !rpm.isEmpty()
            && rpm.get(rpm.size() - 1).equals(base + "/rpm")
            && apt.size() == rpm.size()
            && apt.get(apt.size() - 1).equals(base + "/apt");
    if (!last) {
      problems.fault(PATH, "the origin " + base + " as the last", rpm + ", " + apt, AGAIN);
    }
  }

  /** Checks the lists of an rpm channel. */
  void check(String folder) {
    String list = folder + "/mirrorlist";
    files.read(list).ifPresent(bytes -> checkAddresses(list, folder, lines(bytes)));
    String metalink = folder + "/metalink.xml";
    Optional<byte[]> bytes = files.read(metalink);
    if (bytes.isPresent()) {
      try {
        checkMetalink(metalink, folder, bytes.get());
      } catch (IOException e) {
        problems.unreadable(metalink, "a metalink", e);
      }
    }
  }

  private static List<String> lines(byte[] bytes) {
    return text(bytes).lines().toList();
  }

  /** Compares addresses of an rpm channel. */
  void checkAddresses(String path, String folder, List<String> found) {
    compare(path, rpm.stream().map(address -> address + below(folder) + "/").toList(), found);
  }

  private static String below(String folder) {
    return folder.substring("rpm".length());
  }

  private void compare(String path, List<String> expected, List<String> found) {
    if (!found.equals(expected)) {
      problems.fault(path, "the addresses of " + PATH + ": " + expected, found.toString(), AGAIN);
    }
  }

  private void checkMetalink(String path, String folder, byte[] bytes) throws IOException {
    List<String> urls = new ArrayList<>();
    List<String> proofs = new ArrayList<>();
    XmlReader.read(
        PublishedFiles.open(bytes),
        new XmlReader.Visitor() {
          @Override
          public void begin(String element, Map<String, String> attributes) {
            // What matters stands within.
          }

          @Override
          public void end(String element, String text) {
            switch (element) {
              case "metalink/files/file/size", "metalink/files/file/verification/hash" ->
                  proofs.add(text);
              case "metalink/files/file/resources/url" -> urls.add(text);
              default -> {
                // For other readers.
              }
            }
          }
        });
    String end = "/repodata/repomd.xml";
    compare(path, rpm.stream().map(address -> address + below(folder) + end).toList(), urls);
    Manifest.Entry repomd = files.entries().get(folder + end);
    if (repomd != null
        && !proofs.equals(List.of(Long.toString(repomd.size()), repomd.sha256().hex()))) {
      problems.fault(
          path,
          "size and SHA-256 of repomd.xml, " + repomd.size() + " and " + repomd.sha256(),
          proofs.toString(),
          AGAIN);
    }
  }

  /** Checks the list for apt. */
  void checkApt() {
    String path = "apt/mirrors.list";
    Optional<byte[]> bytes = files.leavesOut(path) ? Optional.empty() : files.read(path);
    if (bytes.isPresent()) {
      List<String> found = new ArrayList<>();
      for (String line : lines(bytes.get())) {
        Matcher matcher = APT_LINE.matcher(line);
        found.add(matcher.matches() ? matcher.group(1) : line);
      }
      compare(path, apt, found);
    }
  }
}
