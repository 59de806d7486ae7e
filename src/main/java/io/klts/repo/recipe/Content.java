package io.klts.repo.recipe;

import io.klts.repo.binaries.Binary;
import io.klts.repo.blob.Blob;

/** Something that a package installs, owned by root. */
public sealed interface Content {

  /** Where it is installed: an absolute path without {@code .} and {@code ..}. */
  String path();

  /** The permission bits. */
  int mode();

  /** A program from the build. */
  record Program(String path, Binary binary) implements Content {
    @Override
    public int mode() {
      return 0755;
    }
  }

  /** A small file from the recipe. */
  record Text(String path, int mode, Role role, Blob blob) implements Content {}

  /** An empty directory. */
  record Directory(String path, int mode) implements Content {}

  /** What a small file is for. */
  enum Role {
    PLAIN,
    /** Kept on upgrade if the administrator edited it. */
    CONFIG,
    DOC,
    LICENSE
  }
}
