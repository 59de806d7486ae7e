package io.klts.repo.site;

import io.klts.repo.blob.Blob;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.tree.ListedMirror;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a machine has of a tree: its keys, where it is, and the definitions of a channel. Packages
 * bring them, so that a new key or a new mirror comes with an ordinary upgrade.
 *
 * <p>The definitions of apt and dnf say the same for ever, because what changes lies in files
 * beside them: so dpkg never has to ask what becomes of one that was edited.
 */
public final class MachineFiles {

  /** What happens to a file with an upgrade. */
  public enum Kind {
    /** It is replaced. */
    PLAIN,
    /** It is replaced unless somebody edited it. */
    CONFIG,
    /** It is replaced; others run it. */
    PROGRAM,
    /** A folder. */
    FOLDER
  }

  /** A file or folder of a machine. */
  public record MachineFile(String path, Kind kind, Blob content) {}

  /**
   * No other repository gets the better of this one. With it the definitions are those that the
   * installer writes, so that what it wrote is the package's from then on.
   */
  private static final String PRIORITY = "priority=50\n";

  private final Identity identity;
  private final Definitions definitions;
  private final MirrorLists mirrors;

  /**
   * @param baseUrl of the tree, without a slash at its end
   * @param listed the mirrors, without the origin
   */
  public MachineFiles(Identity identity, String baseUrl, List<ListedMirror> listed) {
    this.identity = identity;
    this.definitions = new Definitions(identity, baseUrl);
    this.mirrors = new MirrorLists(identity, baseUrl, listed);
  }

  /** The name of the Debian package that brings them. */
  public String debName() {
    return identity.id() + "-archive-keyring";
  }

  /** The name of the rpm that brings them. */
  public String rpmName() {
    return identity.id() + "-release";
  }

  /**
   * The files for apt. Its addresses are in a list of their own, which takes apt 1.6.
   *
   * @param suite the name of the channel
   * @param keys that sign indexes now, or will
   */
  public List<MachineFile> apt(String suite, List<PublicKey> keys) {
    String keyring = definitions.keyring();
    String list = "/usr/share/" + debName() + "/mirrors.list";
    String sources = definitions.sources(suite, "mirror+file:" + list);
    return List.of(
        new MachineFile(
            keyring.replaceFirst("gpg$", "asc"), Kind.PLAIN, Blob.of(PublicKey.armored(keys))),
        new MachineFile(keyring, Kind.PLAIN, Blob.of(PublicKey.binary(keys))),
        text(list, Kind.PLAIN, mirrors.apt()),
        text(
            "/etc/apt/sources.list.d/" + identity.id() + "-archive.sources", Kind.CONFIG, sources));
  }

  /**
   * The files for yum, dnf and zypper.
   *
   * @param channel its name; empty for the one with everything
   * @param keys that sign indexes or packages, or will
   */
  public List<MachineFile> rpm(String channel, List<PublicKey> keys) {
    String id = identity.id();
    String folder = channel.isEmpty() ? "" : "/" + channel;
    String key = "/etc/pki/rpm-gpg/RPM-GPG-KEY-" + id;
    String ids = "/usr/share/" + rpmName() + "/keys";
    String list = "/usr/share/" + rpmName() + "/mirrorlist";
    String repo =
        definitions.repo(channel, "mirrorlist=file://" + list + "\n", "file://" + key) + PRIORITY;
    String zypper =
        definitions.zypperRepo(channel, mirrors.rpm("baseurl=", folder), "file://" + key)
            + PRIORITY;
    return List.of(
        folder("/etc/pki"),
        folder("/etc/pki/rpm-gpg"),
        new MachineFile(key, Kind.PLAIN, Blob.of(PublicKey.armored(keys))),
        folder("/etc/yum.repos.d"),
        text("/etc/yum.repos.d/" + id + ".repo", Kind.CONFIG, repo),
        folder("/etc/zypp"),
        folder("/etc/zypp/repos.d"),
        text("/etc/zypp/repos.d/" + id + ".repo", Kind.CONFIG, zypper),
        folder("/etc/zypp/vendors.d"),
        text("/etc/zypp/vendors.d/" + id + ".conf", Kind.CONFIG, definitions.vendors()),
        folder("/usr/lib/zypp"),
        folder("/usr/lib/zypp/plugins"),
        folder("/usr/lib/zypp/plugins/commit"),
        text("/usr/lib/zypp/plugins/commit/" + rpmName(), Kind.PROGRAM, plugin(key, ids)),
        folder("/usr/share/" + rpmName()),
        text(ids, Kind.PLAIN, ids(keys)),
        text(list, Kind.PLAIN, mirrors.rpm("", folder)));
  }

  /**
   * A program that libzypp runs beside each change of the machine's packages, and talks with.
   * zypper reads no key from a file by itself, and no script of a package can give rpm one, because
   * its database is locked until the change is over.
   */
  private static String plugin(String keys, String ids) {
    return """
        #!/bin/sh
        # libzypp runs this with every change of packages. When the change is over, it gives rpm the keys of
        # %1$s
        # that rpm does not have, those that came with this very change too: a key that signs from some day on
        # is known by then.

        import_keys() {
          while read -r key; do
            rpm -q "gpg-pubkey-$key" </dev/null || rpm --import %1$s </dev/null
          done <%2$s
        }

        # Frames end with a zero byte, which is no character of a line: the next one begins in the same line.
        while read -r line; do
          case $line in
            *COMMITEND) import_keys >/dev/null 2>&1 ;;
            *PLUGINBEGIN | *PLUGINEND | *COMMITBEGIN | *_DISCONNECT) ;;
            *) continue ;;
          esac
          printf 'ACK\\n\\n\\000'
          case $line in
            *_DISCONNECT) exit 0 ;;
          esac
        done
        """
        .formatted(keys, ids);
  }

  /** As rpm names them: the last eight digits. */
  private static String ids(List<PublicKey> keys) {
    return keys.stream()
        .map(key -> key.keyId().substring(8).toLowerCase(Locale.ROOT) + "\n")
        .collect(Collectors.joining());
  }

  private static MachineFile folder(String path) {
    return new MachineFile(path, Kind.FOLDER, Blob.of(new byte[0]));
  }

  private static MachineFile text(String path, Kind kind, String text) {
    return new MachineFile(path, kind, Blob.of(text.getBytes(StandardCharsets.UTF_8)));
  }
}
