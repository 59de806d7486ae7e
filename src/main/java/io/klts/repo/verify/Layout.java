package io.klts.repo.verify;

import io.klts.repo.tree.Stage;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of files of a tree, by their paths, and when a mirror may show each. */
enum Layout {
  RPM("rpm/[^/]+/[^/]+/[^/]+\\.rpm", Stage.PAYLOAD),
  DEB("apt/pool/.+\\.deb", Stage.PAYLOAD),
  CHANGELOG("apt/changelogs/.+_changelog", Stage.PAYLOAD),
  DOCUMENT("rpm(?:/[^/]+)?/repodata/([0-9a-f]{64})-[^/]+", Stage.PAYLOAD),
  BY_HASH("apt/dists/[^/]+/.+/by-hash/SHA256/([0-9a-f]{64})", Stage.PAYLOAD),
  STATE_PART("packages/[^/]+-([0-9a-f]{64})\\.[a-z]+", Stage.PAYLOAD),
  PACKAGES("apt/dists/[^/]+/.+/Packages(?:\\.gz|\\.xz)?", Stage.INDEX),
  REPOMD_KEY("rpm(?:/[^/]+)?/repodata/repomd\\.xml\\.key", Stage.INDEX),
  MEDIA("rpm(?:/[^/]+)?/media\\.1/media", Stage.INDEX),
  KEY("keys/[^/]+\\.(?:asc|gpg)", Stage.INDEX),
  DEFINITION("(?:rpm/(?:[^/]+/)?[^/]+\\.(?:repo|conf)|apt/[^/]+\\.(?:sources|list))", Stage.INDEX),
  SUMMARY(
      "(?:releases|mirrors)\\.json|install\\.sh|latest/[^/]+\\.txt|lastupdate|project/trace/[^/]+",
      Stage.INDEX),
  ERRATA("(?:osv|openvex)/[^/]+\\.json", Stage.INDEX),
  MIRRORLIST("rpm(?:/[^/]+)?/mirrorlist", Stage.INDEX),
  PAGE(
      "(?:index|files)(?:\\.zh)?\\.html|releases/[^/]+\\.html|page/[^/]+\\.(?:css|js)|feed\\.atom",
      Stage.INDEX),
  GUIDE("MIRRORING\\.md|mirroring/[^/]+", Stage.INDEX),
  STATE("packages\\.json", Stage.INDEX),
  REPOMD("rpm(?:/[^/]+)?/repodata/repomd\\.xml(?:\\.asc)?", Stage.ROOT),
  METALINK("rpm(?:/[^/]+)?/metalink\\.xml", Stage.ROOT),
  RELEASE("apt/dists/[^/]+/(?:Release|Release\\.gpg|InRelease)", Stage.ROOT),
  TIMESTAMP("timestamp\\.asc", Stage.ROOT);

  private final Pattern path;
  private final Stage stage;

  Layout(String path, Stage stage) {
    this.path = Pattern.compile(path);
    this.stage = stage;
  }

  static Optional<Layout> of(String path) {
    return Arrays.stream(values()).filter(kind -> kind.path.matcher(path).matches()).findFirst();
  }

  Stage stage() {
    return stage;
  }

  /** The digest that a file of this kind has in its name. */
  Optional<String> digest(String name) {
    Matcher matcher = path.matcher(name);
    return matcher.matches() && matcher.groupCount() > 0
        ? Optional.of(matcher.group(1))
        : Optional.empty();
  }

  /** Whether some index has to name each file of this kind. */
  boolean isReferred() {
    return this == RPM || this == DEB || this == DOCUMENT || this == BY_HASH || this == PACKAGES;
  }
}
