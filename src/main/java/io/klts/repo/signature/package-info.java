/**
 * OpenPGP: sign, verify, and the rules a key has to keep (RFC 4880).
 *
 * <p>Knows: keys, signature packets, ASCII armor, the cleartext framework, which client refuses
 * which key, how a program outside is asked to sign. Must not know: what is signed and why, where
 * keys come from, the environment of this process.
 *
 * <p>The only place for Bouncy Castle. Its packets are used, its cryptography is not: hashes and
 * RSA are the Java platform's, because every command starts a fresh virtual machine and they are
 * ready sooner (a cold RSA-4096 signature takes a third of the time) and no provider is registered.
 */
package io.klts.repo.signature;
