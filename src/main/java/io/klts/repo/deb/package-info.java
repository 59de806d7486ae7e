/**
 * The .deb file and control paragraphs.
 *
 * <p>Knows: deb(5), deb-control(5), the tar archive inside. Must not know: repositories, YAML.
 */
package io.klts.repo.deb;
