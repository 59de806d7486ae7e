/**
 * Where the bytes of a published tree come from, and no more of them than was announced.
 *
 * <p>Knows: folders, HTTP as a reader, bounds. Must not know: what the files mean, whom to trust.
 */
package io.klts.repo.source;
