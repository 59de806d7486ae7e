package io.klts.repo.mirror;

/** How much of a mirror is looked at. */
public enum Depth {
  /** The manifest and what clients begin with; an allowed lag is no fault. */
  QUICK,
  /**
   * Right after it was written: it must have the serial of the reference, every index, the caches'
   * rules, and a sample of the packages.
   */
  PUSHED,
  /** Every byte of every file; an allowed lag is no fault. */
  DEEP
}
