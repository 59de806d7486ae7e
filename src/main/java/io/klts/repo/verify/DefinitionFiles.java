package io.klts.repo.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files by which machines add a channel: each check on, each address one of this tree. */
final class DefinitionFiles {

  private static final String AGAIN = "reindex the tree";
  private static final Pattern ONE_LINE = Pattern.compile("deb \\[(\\S+)] (\\S+) (\\S+) (\\S+)\n");

  private final PublishedFiles files;
  private final Problems problems;
  private final Set<String> bases = new HashSet<>();
  private MirrorFiles mirrors;

  DefinitionFiles(PublishedFiles files) {
    this.files = files;
    this.problems = files.problems();
  }

  /** Checks the definitions of all channels. */
  void check(Set<String> rpmFolders, Set<String> suites) {
    mirrors = MirrorFiles.read(files);
    for (String folder : rpmFolders) {
      List<String> repos =
          files.entries().keySet().stream()
              .filter(p -> p.startsWith(folder + "/") && p.endsWith(".repo"))
              .filter(p -> p.indexOf('/', folder.length() + 1) < 0)
              .toList();
      long zypper = repos.stream().filter(DefinitionFiles::isForZypper).count();
      long mirrored = repos.stream().filter(DefinitionFiles::usesMirrors).count();
      if (zypper != 2 || mirrored != 2 || repos.size() != 4) {
        problems.fault(
            folder,
            "one .repo for yum and dnf, one -zypper.repo, and both with mirrors",
            repos.toString(),
            AGAIN);
      }
      mirrors.check(folder);
      repos.forEach(path -> read(path, text -> checkRepo(path, folder, text)));
    }
    for (String suite : suites) {
      String name = "apt/" + suite;
      read(name + ".sources", text -> checkSources(name + ".sources", suite, text));
      read(name + ".list", text -> checkList(name + ".list", suite, text));
      String mirrored = name + "-mirrors.sources";
      read(mirrored, text -> checkSources(mirrored, suite, text));
    }
    mirrors.checkApt();
    bases.forEach(mirrors::checkOrigin);
    if (bases.size() > 1) {
      problems.fault("rpm, apt", "definitions with one address", String.join(" ", bases), AGAIN);
    }
  }

  private interface Check {
    void check(String text) throws IOException;
  }

  private void read(String path, Check check) {
    Optional<byte[]> bytes = files.read(path);
    if (bytes.isPresent()) {
      try {
        check.check(new String(bytes.get(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        problems.unreadable(path, "a repository definition", e);
      }
    }
  }

  private static boolean usesMirrors(String path) {
    return path.matches(".*-mirrors(-zypper)?\\.repo");
  }

  private static boolean isForZypper(String path) {
    return path.endsWith("-zypper.repo");
  }

  private void checkRepo(String path, String folder, String text) throws IOException {
    Map<String, String> values = new TreeMap<>();
    boolean section = false;
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (line.startsWith("[") && !section) {
        section = true;
      } else if (equals > 0 && section) {
        String key = line.substring(0, equals).strip();
        String value = line.substring(equals + 1).strip();
        if (key.equals("baseurl") && values.containsKey(key) && usesMirrors(path)) {
          values.merge(key, value, (first, next) -> first + " " + next);
        } else {
          put(values, key, value);
        }
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        throw new IOException("the line \"" + line + "\"");
      }
    }
    expect(path, values, "enabled", "1");
    expect(path, values, "gpgcheck", "1");
    expect(path, values, "repo_gpgcheck", "1");
    if (isForZypper(path)) {
      expect(path, values, "pkg_gpgcheck", "1");
    }
    if (!values.getOrDefault("sslverify", "1").matches("1|[Tt]rue")) {
      problems.fault(path, "sslverify on", values.get("sslverify"), AGAIN);
    }
    String base = address(path, folder, values);
    String key = values.getOrDefault("gpgkey", "");
    if (!key.startsWith(base + "/") || !files.refer(key.substring(base.length() + 1))) {
      problems.fault(path, "gpgkey with a key of this tree", "\"" + key + "\"", AGAIN);
    }
  }

  /** Returns the address of the tree, which the definition has to be of. */
  private String address(String path, String folder, Map<String, String> values) {
    if (!usesMirrors(path)) {
      return base(path, values, "baseurl", "/" + folder + "/");
    }
    if (!isForZypper(path)) {
      return base(path, values, "metalink", "/" + folder + "/metalink.xml");
    }
    List<String> addresses = List.of(values.getOrDefault("baseurl", "").split(" ", -1));
    mirrors.checkAddresses(path, folder, addresses);
    String last = addresses.get(addresses.size() - 1);
    values.put("baseurl", last);
    return base(path, values, "baseurl", "/" + folder + "/");
  }

  private void checkSources(String path, String suite, String text) throws IOException {
    Map<String, String> values = new TreeMap<>();
    for (String line : text.strip().split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IOException("the line \"" + line + "\"");
      }
      put(values, line.substring(0, colon), line.substring(colon + 1).strip());
    }
    expect(path, values, "Types", "deb");
    expect(path, values, "Suites", suite);
    expect(path, values, "Components", "main");
    if (path.endsWith("-mirrors.sources")) {
      values.computeIfPresent("URIs", (key, uri) -> uri.replaceFirst("^mirror\\+", ""));
      base(path, values, "URIs", "/apt/mirrors.list");
    } else {
      base(path, values, "URIs", "/apt");
    }
    checkKeyring(path, values.getOrDefault("Signed-By", ""));
    for (String dangerous :
        List.of("Trusted", "Allow-Insecure", "Allow-Weak", "Check-Valid-Until")) {
      if (values.containsKey(dangerous)) {
        problems.fault(path, "all checks on", dangerous + ": " + values.get(dangerous), AGAIN);
      }
    }
  }

  private void checkList(String path, String suite, String text) throws IOException {
    Matcher line = ONE_LINE.matcher(text);
    if (!line.matches()) {
      throw new IOException("\"" + text + "\"");
    }
    Map<String, String> values = new TreeMap<>();
    values.put("uri", line.group(2));
    values.put("suite", line.group(3));
    values.put("component", line.group(4));
    expect(path, values, "suite", suite);
    expect(path, values, "component", "main");
    base(path, values, "uri", "/apt");
    String options = line.group(1);
    boolean signedBy = options.startsWith("signed-by=");
    checkKeyring(path, signedBy ? options.substring("signed-by=".length()) : "");
  }

  private void put(Map<String, String> values, String key, String value) throws IOException {
    if (values.put(key, value) != null) {
      throw new IOException(key + " twice");
    }
  }

  private void expect(String path, Map<String, String> values, String key, String expected) {
    String found = values.getOrDefault(key, "nothing");
    if (!found.equals(expected)) {
      problems.fault(path, key + " " + expected, found, AGAIN);
    }
  }

  /** What stands before the folder in an address: the address of the tree. */
  private String base(String path, Map<String, String> values, String key, String end) {
    String url = values.getOrDefault(key, "");
    if (!url.endsWith(end) || !url.matches("https?://\\S+")) {
      problems.fault(path, key + " that ends with " + end, "\"" + url + "\"", AGAIN);
      return url;
    }
    String base = url.substring(0, url.length() - end.length());
    bases.add(base);
    return base;
  }

  private void checkKeyring(String path, String keyring) {
    String file = keyring.substring(keyring.lastIndexOf('/') + 1);
    String name = file.replaceFirst("-archive-keyring\\.gpg$", ".gpg");
    if (!keyring.startsWith("/") || !files.refer("keys/" + name)) {
      problems.fault(path, "Signed-By with a key of this tree", "\"" + keyring + "\"", AGAIN);
    }
  }
}
