/**
 * A published tree as a value, its signed manifest, the keys that sign it, stages, atomic changes.
 *
 * <p>Knows: paths, sizes, digests, the order in which files may become visible. Must not know:
 * formats of packages and indexes.
 */
package io.klts.repo.tree;
