package io.klts.repo.mirror;

/** What to do about a mirror. */
final class Remedy {

  static final String SERVER = "look at its server, or retire the mirror in mirrors.conf";
  static final String CERTIFICATE = "renew the certificate of its server";
  static final String COPY = "copy the file again from the origin";
  static final String UPDATE =
      "bring the mirror up to date: packages first, then indexes, then the rest";
  static final String WHOLE =
      "copy the whole tree, with mirror pull or rsync; reposync and apt-mirror leave files out";
  static final String AVOID = "send nobody there; copy the tree again from the origin";

  private Remedy() {}
}
