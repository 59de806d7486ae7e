package io.klts.repo.mirror;

import io.klts.repo.source.TreeSource;

/**
 * A place to copy a tree from.
 *
 * @param name what the user calls it
 */
public record Upstream(String name, TreeSource source) {}
