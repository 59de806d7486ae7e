/**
 * One publication as a transaction: what is in the tree, what changes, in which order.
 *
 * <p>Knows: state, manifest, which files belong together. Must not know: formats, network.
 */
package io.klts.repo.publish;
