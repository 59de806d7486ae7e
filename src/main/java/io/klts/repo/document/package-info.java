/**
 * Text documents bound to records: YAML, TOML, JSON.
 *
 * <p>Knows: the three syntaxes, strict binding, the file and line of a fault. Must not know: what a
 * document means.
 */
package io.klts.repo.document;
