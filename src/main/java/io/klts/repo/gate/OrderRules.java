package io.klts.repo.gate;

import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** The order in which files become visible. */
final class OrderRules {

  private static final String REPOMD = "/repodata/repomd.xml";
  private static final String REPOMD_SIGNATURE = REPOMD + ".asc";

  private static final Pattern ROOT =
      Pattern.compile(
          "apt/dists/[^/]+/(InRelease|Release|Release\\.gpg)|manifest(\\.asc)?|timestamp\\.asc"
              + "|rpm/(.+/)?metalink\\.xml");

  private final Proposal proposal;

  OrderRules(Proposal proposal) {
    this.proposal = proposal;
  }

  void check() {
    List<TreeFile> files =
        proposal.changes().values().stream().sorted(Comparator.comparing(TreeFile::stage)).toList();
    List<String> paths = files.stream().map(TreeFile::path).toList();
    for (int i = 0; i < files.size(); i++) {
      String path = paths.get(i);
      Stage stage = files.get(i).stage();
      proposal.require(
          isInTime(path, stage),
          Rule.ORDER_STAGES,
          path,
          isRoot(path) ? "stage ROOT" : "a stage before the roots that name it",
          "stage " + stage);
      if (path.endsWith(REPOMD) && proposal.changes(path + ".asc")) {
        String before = i == 0 ? "nothing" : paths.get(i - 1);
        proposal.require(
            before.equals(path + ".asc"), Rule.ORDER_REPOMD, path, "its .asc before it", before);
      }
      if (path.endsWith("/Release") || path.endsWith("/Release.gpg")) {
        int signed = paths.indexOf(path.substring(0, path.lastIndexOf('/') + 1) + "InRelease");
        proposal.require(
            signed < 0 || signed > i, Rule.ORDER_INRELEASE, path, "before InRelease", "after it");
      }
    }
  }

  private static boolean isInTime(String path, Stage stage) {
    if (isRoot(path)) {
      return stage == Stage.ROOT;
    }
    boolean byDigest = path.contains("/by-hash/") || path.endsWith(".xml.gz");
    return stage == Stage.PAYLOAD
        || (stage == Stage.INDEX && !byDigest && !PackageRules.isPackage(path));
  }

  private static boolean isRoot(String path) {
    return path.endsWith(REPOMD) || path.endsWith(REPOMD_SIGNATURE) || ROOT.matcher(path).matches();
  }
}
