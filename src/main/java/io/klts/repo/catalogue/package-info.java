/**
 * LTS releases, versions, dates, architectures, fixes; who publishes them.
 *
 * <p>Knows: {@code repo-templates/releases.yaml} and {@code repo-templates/identity.yaml}. Must not
 * know: packages, files.
 */
package io.klts.repo.catalogue;
