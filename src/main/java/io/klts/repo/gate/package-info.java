/**
 * The last look at a publication: reads its files as bytes, as clients will, and names everything
 * that a supported client could not use.
 *
 * <p>Knows: formats on the wire and which clients read them how. Must not know: the code that wrote
 * the files.
 */
package io.klts.repo.gate;
