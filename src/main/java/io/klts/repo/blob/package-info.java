/**
 * Bytes: digest, size, atomic save.
 *
 * <p>Knows: files, streams, SHA-256, how a file becomes visible at once. Must not know: everything
 * else.
 */
package io.klts.repo.blob;
