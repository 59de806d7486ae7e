package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.io.function.IORunnable;
import org.apache.commons.io.function.IOSupplier;

/**
 * A machine that follows the channel v1.28 of a tree, with the definition and the key that the tree
 * offers and all checks on.
 */
final class Follower implements AutoCloseable {

  /** Kubernetes' own three packages, however a client lists them: name and end of the version. */
  private static final Pattern LISTED =
      Pattern.compile("\\b(kube(?:adm|let|ctl))\\b.*?\\b1\\.28\\.15[.-](lts\\.\\d+)\\b");

  private final String name;
  private final Root root;
  private final IORunnable forget;
  private final IOSupplier<Outcome> update;
  private final IOSupplier<Outcome> list;

  private Follower(
      String name,
      Root root,
      IORunnable forget,
      IOSupplier<Outcome> update,
      IOSupplier<Outcome> list) {
    this.name = name;
    this.root = root;
    this.forget = forget;
    this.update = update;
    this.list = list;
  }

  /** Forgets what it knows of the tree, so that the next update reads everything. */
  void forget() throws IOException {
    forget.run();
  }

  /** Reads the indexes. */
  Outcome update() throws IOException {
    return update.get();
  }

  /** The output of the command that lists the packages, without reading the tree again. */
  Outcome list() throws IOException {
    return list.get();
  }

  /** Which packages there are by what it read last, such as {@code kubectl lts.2}. */
  SortedSet<String> sees() throws IOException {
    SortedSet<String> seen = new TreeSet<>();
    Matcher matcher = LISTED.matcher(list().assertOk().out());
    while (matcher.find()) {
      seen.add(matcher.group(1) + " " + matcher.group(2));
    }
    return seen;
  }

  @Override
  public void close() throws IOException {
    root.close();
  }

  @Override
  public String toString() {
    return name;
  }

  /** A Debian that follows a tree. */
  static Follower apt(Path tree) throws IOException {
    AptRoot root = new AptRoot();
    root.copyIn(tree.resolve("keys/klts.gpg"), "/usr/share/keyrings/klts-archive-keyring.gpg");
    root.addSource("klts.sources", read(tree, "apt/v1.28.sources"));
    return new Follower(
        "apt",
        root,
        () -> root.forgetIndexes(),
        () -> root.apt("update"),
        () -> root.chroot("apt-cache", "madison", "kubeadm", "kubelet", "kubectl"));
  }

  /** A machine of the Enterprise Linux family that follows a tree. */
  static Follower dnf(Path tree) throws IOException {
    DnfRoot root = new DnfRoot();
    root.addRepo("klts.repo", read(tree, "rpm/v1.28/klts.repo"));
    return new Follower(
        "dnf",
        root,
        () -> Lab.remove(root.path("/var/cache/dnf")),
        () -> root.dnf("makecache", "--refresh"),
        () -> root.dnf("--cacheonly", "list", "--available", "--showduplicates", "kube*"));
  }

  /** A machine of the openSUSE family that follows a tree. */
  static Follower zypper(Path tree) throws IOException {
    ZypperRoot root = new ZypperRoot();
    root.addRepo("klts.repo", read(tree, "rpm/v1.28/klts-zypper.repo"));
    return new Follower(
        "zypper",
        root,
        () -> Lab.remove(root.path("/var/cache/zypp")),
        () -> root.refresh(),
        () -> root.zypper("--no-refresh", "search", "--details", "kube*"));
  }

  private static String read(Path tree, String path) throws IOException {
    return Files.readString(tree.resolve(path));
  }
}
