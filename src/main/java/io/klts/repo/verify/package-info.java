/**
 * Whether a published tree is whole, from its files alone: signatures, digests, references and what
 * packages need of each other.
 *
 * <p>Knows: manifest, rpm-md, apt's indexes, definitions. Must not know: the code that writes any
 * of these, so that an error is not made twice; the clock.
 */
package io.klts.repo.verify;
