package io.klts.repo.document;

/**
 * A part of a document and where it is, for faults that are seen only beside other parts.
 *
 * @param line where it begins, counted from 1
 */
public record Located<T>(T value, int line) {}
