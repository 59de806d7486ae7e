/**
 * What a reader or a new machine must see: pages, keys, repository definitions, the installer.
 *
 * <p>Knows: what a user types and downloads. Must not know: how packages or indexes are made.
 */
package io.klts.repo.site;
