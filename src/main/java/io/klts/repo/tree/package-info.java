/**
 * A published tree as a value, its signed manifest, stages, atomic changes.
 *
 * <p>Knows: paths, sizes, digests, the order in which files may become visible. Must not know:
 * formats of packages and indexes.
 */
package io.klts.repo.tree;
