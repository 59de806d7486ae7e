package io.klts.repo.recipe;

/** A package format. */
public enum Format {
  RPM,
  DEB
}
