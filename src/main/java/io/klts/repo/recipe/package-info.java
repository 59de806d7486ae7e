/**
 * One package, format-neutral: what it installs, what it needs, what it runs.
 *
 * <p>Knows: {@code repo-templates/packages}, releases, binaries. Must not know: headers, tags,
 * archives.
 */
package io.klts.repo.recipe;
