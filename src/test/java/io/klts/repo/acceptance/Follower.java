package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A machine that follows the channel v1.28 of a tree, with the definition and the key that the tree
 * offers and all checks on.
 */
interface Follower extends AutoCloseable {

  /** Kubernetes' own three packages, however a client lists them: name and end of the version. */
  Pattern LISTED =
      Pattern.compile("\\b(kube(?:adm|let|ctl))\\b.*?\\b1\\.28\\.15[.-](lts\\.\\d+)\\b");

  /** Forgets what it knows of the tree, so that the next update reads everything. */
  void forget() throws IOException;

  /** Reads the indexes. */
  Outcome update() throws IOException;

  /** The output of the command that lists the packages, without reading the tree again. */
  Outcome list() throws IOException;

  /** Which packages there are by what it read last, such as {@code kubectl lts.2}. */
  default SortedSet<String> sees() throws IOException {
    SortedSet<String> seen = new TreeSet<>();
    Matcher matcher = LISTED.matcher(list().assertOk().out());
    while (matcher.find()) {
      seen.add(matcher.group(1) + " " + matcher.group(2));
    }
    return seen;
  }

  @Override
  void close() throws IOException;

  /** A Debian that follows a tree. */
  static Follower apt(Path tree) throws IOException {
    AptRoot root = new AptRoot();
    root.copyIn(tree.resolve("keys/klts.gpg"), "/etc/apt/keyrings/klts.gpg");
    root.addSource("klts.sources", read(tree, "apt/v1.28.sources"));
    return new Follower() {
      @Override
      public void forget() throws IOException {
        root.forgetIndexes();
      }

      @Override
      public Outcome update() throws IOException {
        return root.apt("update");
      }

      @Override
      public Outcome list() throws IOException {
        return root.chroot("apt-cache", "madison", "kubeadm", "kubelet", "kubectl");
      }

      @Override
      public void close() throws IOException {
        root.close();
      }

      @Override
      public String toString() {
        return "apt";
      }
    };
  }

  /** A machine of the Enterprise Linux family that follows a tree. */
  static Follower dnf(Path tree) throws IOException {
    DnfRoot root = new DnfRoot();
    root.addRepo("klts.repo", read(tree, "rpm/v1.28/klts.repo"));
    return new Follower() {
      @Override
      public void forget() throws IOException {
        Lab.remove(root.path("/var/cache/dnf"));
      }

      @Override
      public Outcome update() throws IOException {
        return root.dnf("makecache", "--refresh");
      }

      @Override
      public Outcome list() throws IOException {
        return root.dnf("--cacheonly", "list", "--available", "--showduplicates", "kube*");
      }

      @Override
      public void close() throws IOException {
        root.close();
      }

      @Override
      public String toString() {
        return "dnf";
      }
    };
  }

  /** A machine of the openSUSE family that follows a tree. */
  static Follower zypper(Path tree) throws IOException {
    ZypperRoot root = new ZypperRoot();
    root.addRepo("klts.repo", read(tree, "rpm/v1.28/klts-zypper.repo"));
    return new Follower() {
      @Override
      public void forget() throws IOException {
        Lab.remove(root.path("/var/cache/zypp"));
      }

      @Override
      public Outcome update() throws IOException {
        return root.refresh();
      }

      @Override
      public Outcome list() throws IOException {
        return root.zypper("--no-refresh", "search", "--details", "kube*");
      }

      @Override
      public void close() throws IOException {
        root.close();
      }

      @Override
      public String toString() {
        return "zypper";
      }
    };
  }

  private static String read(Path tree, String path) throws IOException {
    return Files.readString(tree.resolve(path));
  }
}
