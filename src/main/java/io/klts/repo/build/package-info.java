/**
 * One release turned into package files: recipes × architectures × formats, side by side.
 *
 * <p>Knows: which packages a release has and the order of the work. Must not know: repositories,
 * trees.
 */
package io.klts.repo.build;
