/**
 * Block-wise xz: a big file is compressed once, in blocks, and put into any number of xz streams.
 *
 * <p>Knows: the .xz container, the settings per kind of code, the cache of ready blocks. Must not
 * know: what is compressed, and which archive the streams are part of.
 */
package io.klts.repo.compress;
