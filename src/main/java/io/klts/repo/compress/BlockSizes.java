package io.klts.repo.compress;

/**
 * What the index of a stream says about a block (4.3 List of Records).
 *
 * @param unpadded octets of block header, compressed data and check, without the padding
 * @param uncompressed octets of the content
 */
record BlockSizes(long unpadded, long uncompressed) {}
