/**
 * Where the tree lives: its origin and the copies of it.
 *
 * <p>Knows: {@code mirrors.conf}, addresses. Must not know: rpm, deb, indexes; it sees paths,
 * sizes, digests.
 */
package io.klts.repo.mirror;
