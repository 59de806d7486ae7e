/**
 * How rpm and dpkg sort versions.
 *
 * <p>Knows: the rules of both, text. Must not know: everything else.
 */
package io.klts.repo.order;
