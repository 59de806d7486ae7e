/**
 * What a reader or a new machine must see: repository definitions.
 *
 * <p>Knows: what a user types and downloads. Must not know: how packages or indexes are made.
 */
package io.klts.repo.site;
