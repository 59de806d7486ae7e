/**
 * Copies of a tree elsewhere: where they are, what they lack, in which order they get it, and
 * whether they are right.
 *
 * <p>Knows: {@code mirrors.conf}, manifests, stages. Must not know: rpm, deb, indexes, protocols;
 * it sees paths, sizes, digests.
 */
package io.klts.repo.mirror;
