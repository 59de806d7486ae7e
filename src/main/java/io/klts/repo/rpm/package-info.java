/**
 * The RPM file: write, read.
 *
 * <p>Knows: the RPM v4 file format, its header tags, its cpio payload. Must not know: repositories,
 * YAML.
 */
package io.klts.repo.rpm;
