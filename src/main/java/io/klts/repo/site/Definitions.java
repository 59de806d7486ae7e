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
    String id = identity.id();
    // Joined and not formatted: a tree has a hundred of these, and formats are slow at a start.
    String common =
        "["
            + id
            + "-"
            + channel
            + "]\n"
            + "name="
            + identity.name()
            + " "
            + channel
            + "\n"
            + "baseurl="
            + baseUrl
            + "/"
            + folder
            + "/\n"
            + "enabled=1\n"
            + "gpgcheck=1\n"
            + "repo_gpgcheck=1\n"
            + "gpgkey="
            + baseUrl
            + "/keys/"
            + id
            + ".asc\n";
    // dnf would go on without a repository whose signature is bad, and EL 8's modules would hide
    // our runc.
    files.add(
        text(
            folder + "/" + identity.id() + ".repo",
            common + "skip_if_unavailable=0\nmodule_hotfixes=1\n"));
    // zypper takes unsigned packages from a signed repository unless it is told not to.
    files.add(
        text(
            folder + "/" + identity.id() + "-zypper.repo",
            common + "pkg_gpgcheck=1\nautorefresh=1\ntype=rpm-md\n"));
  }

  private void addApt(List<TreeFile> files, String suite) {
    String keyring = "/etc/apt/keyrings/" + identity.id() + ".gpg";
    files.add(
        text(
            "apt/" + suite + ".sources",
            "Types: deb\n"
                + "URIs: "
                + baseUrl
                + "/apt\n"
                + "Suites: "
                + suite
                + "\n"
                + "Components: main\n"
                + "Signed-By: "
                + keyring
                + "\n"));
    files.add(
        text(
            "apt/" + suite + ".list",
            "deb [signed-by=" + keyring + "] " + baseUrl + "/apt " + suite + " main\n"));
  }

  /** zypper keeps packages of one vendor from replacing another's, patches included. */
  private String vendors() {
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
