/**
 * rpm-md (yum, dnf and zypper) and apt indexes, errata, and the state from which they are written.
 *
 * <p>Knows: repodata, {@code dists/}, what both say of a package; what builds fix, in every form.
 * Must not know: how a package was built, where the tree goes.
 */
package io.klts.repo.repository;
