package io.klts.repo.site;

import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.signature.PublicKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The words of the commands that a page shows, for packages from the origin. For other choices the
 * page's script has the same.
 */
final class Commands {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private final Map<String, Object> common = new HashMap<>();
  private final String baseUrl;

  /**
   * @param keys that sign, or will soon; without any there are no commands for package managers,
   *     which would refuse the tree
   */
  Commands(Identity identity, String baseUrl, List<PublicKey> keys) {
    this.baseUrl = baseUrl;
    String id = identity.id();
    common.put("installer", word(baseUrl + "/" + Installer.PATH));
    common.put("vendors", word(baseUrl + "/rpm/" + id + "-vendors.conf"));
    common.put("apt", baseUrl + "/apt");
    if (!keys.isEmpty()) {
      common.put("byHand", true);
      common.put("keyUrl", word(baseUrl + "/keys/" + id + ".asc"));
      common.put("keyringUrl", word(baseUrl + "/keys/" + id + ".gpg"));
      common.put("keySum", Sha256.of(PublicKey.armored(keys)));
      common.put("keyringSum", Sha256.of(PublicKey.binary(keys)));
      common.put("fingerprints", pattern(keys));
    }
  }

  /** What grep looks for; that the file has no other key, its digest says. */
  private static String pattern(List<PublicKey> keys) {
    return keys.size() == 1
        ? keys.get(0).fingerprint()
        : keys.stream().map(key -> "-e " + key.fingerprint()).collect(Collectors.joining(" "));
  }

  /** For the newest release of a channel. */
  Map<String, Object> newest(String channel) {
    return words(channel, Optional.empty());
  }

  /** For one release. */
  Map<String, Object> of(LtsVersion version) {
    return words(version.minor().channel(), Optional.of(version));
  }

  private Map<String, Object> words(String channel, Optional<LtsVersion> version) {
    Map<String, Object> words = new HashMap<>(common);
    words.put("options", version.map(v -> " -s -- --version " + v).orElse(""));
    words.put("channel", channel);
    words.put("suite", channel);
    words.put("rpm", baseUrl + "/rpm/" + channel);
    words.put("dnf", version.map(v -> "-" + v).orElse(""));
    words.put("zypper", version.map(v -> "=" + v.rpm()).orElse(""));
    words.put("deb", version.map(v -> "=" + v.deb()).orElse(""));
    return words;
  }

  /** As one word of a shell, whatever is in it. */
  private static String word(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
