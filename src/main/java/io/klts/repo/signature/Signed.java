package io.klts.repo.signature;

import java.time.Instant;

/**
 * A proof that a key signed some data.
 *
 * @param by the key, one of those that the verifier trusts
 * @param at when, as the signer's clock said
 */
public record Signed(PublicKey by, Instant at) {}
