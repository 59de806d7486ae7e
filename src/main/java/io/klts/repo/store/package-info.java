/**
 * Where a copy of a tree is written to: folders, object stores, servers.
 *
 * <p>Knows: each kind of store and its protocol. Must not know: which files, in which order, and
 * whether the copy is right; it trusts no answer.
 */
package io.klts.repo.store;
