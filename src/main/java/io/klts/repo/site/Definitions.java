package io.klts.repo.site;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The files by which a machine gets to know the repository, with every check on: keys, definitions
 * for yum and dnf, zypper, apt.
 */
public final class Definitions {

  private static final String KEYS = "keys/";

  private final Identity identity;
  private final String baseUrl;

  /**
   * Definitions for one address.
   *
   * @param baseUrl of the tree, without a slash at its end
   */
  public Definitions(Identity identity, String baseUrl) {
    this.identity = identity;
    this.baseUrl = baseUrl;
  }

  /**
   * The files of all channels.
   *
   * @param channels names such as {@code v1.28}
   * @param keys the primary one first; none for an unsigned tree, which every definition here makes
   *     clients refuse
   */
  public List<TreeFile> files(List<String> channels, List<PublicKey> keys) {
    List<TreeFile> files = new ArrayList<>();
    addKeys(files, keys);
    for (String channel : channels) {
      addRpm(files, channel, "rpm/" + channel);
      addApt(files, channel);
    }
    addRpm(files, "all", "rpm");
    addApt(files, "stable");
    files.add(text("rpm/" + identity.id() + "-vendors.conf", vendors()));
    return files;
  }

  /** All keys in one file under the name that machines know; several also in files of their own. */
  private void addKeys(List<TreeFile> files, List<PublicKey> keys) {
    if (!keys.isEmpty()) {
      addKeys(files, identity.id(), keys);
    }
    if (keys.size() > 1) {
      keys.forEach(key -> addKeys(files, key.fingerprint(), List.of(key)));
    }
  }

  /** apt decides by the ending how it reads a key; rpm and zypper want the armored form. */
  private static void addKeys(List<TreeFile> files, String name, List<PublicKey> keys) {
    String path = KEYS + name;
    files.add(TreeFile.of(path + ".asc", Stage.INDEX, PublicKey.armored(keys)));
    files.add(TreeFile.of(path + ".gpg", Stage.INDEX, PublicKey.binary(keys)));
  }

  /** Where a tree with several keys has each of them by itself. */
  public static String keyPath(String fingerprint) {
    return KEYS + fingerprint + ".asc";
  }

  private void addRpm(List<TreeFile> files, String channel, String folder) {
    String baseurl = "baseurl=" + baseUrl + "/" + folder + "/\n";
    String name = folder + "/" + identity.id();
    files.add(text(name + ".repo", repo(channel, baseurl)));
    files.add(text(name + "-zypper.repo", zypperRepo(channel, baseurl)));
  }

  /** A definition for yum and dnf, see {@link #repo(String, String, String)}. */
  String repo(String channel, String addresses) {
    return repo(channel, addresses, keyUrl());
  }

  /**
   * A definition for yum and dnf.
   *
   * @param channel its name; empty for the one with everything
   * @param addresses the lines that say where it is
   * @param key the address of the keys
   */
  String repo(String channel, String addresses, String key) {
    // dnf would go on without a repository whose signature is bad, and EL 8's modules would hide
    // our runc.
    return common(channel, addresses, key) + "skip_if_unavailable=0\nmodule_hotfixes=1\n";
  }

  /** The same for zypper. */
  String zypperRepo(String channel, String addresses) {
    return zypperRepo(channel, addresses, keyUrl());
  }

  /** The same for zypper. */
  String zypperRepo(String channel, String addresses, String key) {
    // zypper takes unsigned packages from a signed repository unless it is told not to.
    return common(channel, addresses, key) + "pkg_gpgcheck=1\nautorefresh=1\ntype=rpm-md\n";
  }

  private String keyUrl() {
    return baseUrl + "/keys/" + identity.id() + ".asc";
  }

  private String common(String channel, String addresses, String key) {
    String id = identity.id();
    String name = channel.isEmpty() ? "all" : channel;
    // Joined and not formatted: a tree has a hundred of these, and formats are slow at a start.
    return "["
        + id
        + "-"
        + name
        + "]\n"
        + "name="
        + identity.name()
        + " "
        + name
        + "\n"
        + addresses
        + "enabled=1\n"
        + "gpgcheck=1\n"
        + "repo_gpgcheck=1\n"
        + "gpgkey="
        + key
        + "\n";
  }

  private void addApt(List<TreeFile> files, String suite) {
    files.add(text("apt/" + suite + ".sources", sources(suite, baseUrl + "/apt")));
    files.add(
        text(
            "apt/" + suite + ".list",
            "deb [signed-by=" + keyring() + "] " + baseUrl + "/apt " + suite + " main\n"));
  }

  /** Where a package of the tree has its keys, too: whichever comes first, there is one file. */
  String keyring() {
    return "/usr/share/keyrings/" + identity.id() + "-archive-keyring.gpg";
  }

  /** A definition for apt. */
  String sources(String suite, String address) {
    return "Types: deb\n"
        + "URIs: "
        + address
        + "\n"
        + "Suites: "
        + suite
        + "\n"
        + "Components: main\n"
        + "Signed-By: "
        + keyring()
        + "\n";
  }

  /** zypper keeps packages of one vendor from replacing another's, patches included. */
  String vendors() {
    List<String> vendors = new ArrayList<>();
    vendors.add(identity.vendor());
    vendors.addAll(identity.supersededVendors());
    return """
        # For /etc/zypp/vendors.d/: lets zypper move between the packages of these vendors.
        [main]
        vendors = %s
        """
        .formatted(String.join(",", vendors));
  }

  private static TreeFile text(String path, String text) {
    return TreeFile.of(path, Stage.INDEX, text.getBytes(StandardCharsets.UTF_8));
  }
}
