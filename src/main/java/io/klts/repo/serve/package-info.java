/**
 * A directory over HTTP, for a first look, for tests and for small sites.
 *
 * <p>Knows: HTTP, a directory of files. Must not know: what the files are.
 */
package io.klts.repo.serve;
