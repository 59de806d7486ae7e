/**
 * Options, exit codes, how the parts are wired.
 *
 * <p>Knows: what a person types and sees. Must not know: formats, protocols, rules.
 */
package io.klts.repo.cli;
