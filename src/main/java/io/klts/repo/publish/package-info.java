/**
 * One publication as a transaction: what is in the tree, what changes, in which order; and, without
 * a publication, what changed and how the tree is.
 *
 * <p>Knows: state, manifest, which files belong together. Must not know: formats, network.
 */
package io.klts.repo.publish;
