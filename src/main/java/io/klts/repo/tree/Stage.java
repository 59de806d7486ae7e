package io.klts.repo.tree;

/**
 * When a file may become visible. Everything of one stage is in its place before the first file of
 * the next, so that whoever follows a reference finds its target, wherever the work stops.
 */
public enum Stage {
  /** Packages and indexes under names that say their content: nothing refers to them yet. */
  PAYLOAD,
  /** Indexes under fixed names. */
  INDEX,
  /** The signed files that clients begin with. */
  ROOT
}
