package io.klts.repo.store;

/**
 * How hard a store is used.
 *
 * @param parallel files on their way at once
 * @param attempts how often an operation is tried before it has failed
 * @param bytesPerSecond the most to send in all; 0 for no limit
 */
public record Limits(int parallel, int attempts, long bytesPerSecond) {}
