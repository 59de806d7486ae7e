/**
 * The built programs as they come in: where they lie, whether they are what they should be.
 *
 * <p>Knows: the folder layouts of builds and of Kubernetes' own archives, where Kubernetes offers
 * its builds for download. Must not know: packages' formats, recipes.
 */
package io.klts.repo.binaries;
