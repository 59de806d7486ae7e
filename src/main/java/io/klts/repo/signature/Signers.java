package io.klts.repo.signature;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Signers whose secret key is outside of this process. */
public final class Signers {

  private Signers() {}

  /**
   * A program that gets {@code KLTS_SIGNATURE_KIND}, {@code detached} or {@code clearsign}, and
   * {@code KLTS_SIGNATURE_TIME}, in seconds since 1970, in its environment and the data on standard
   * input. It writes one binary or armored signature, or the whole clearsigned text.
   *
   * @param commandLine words, in quotes where they have blanks; no shell is started
   * @param key the public key that belongs to it
   * @param limit how long one signature may take
   * @param clock to judge expiry by
   * @throws KeyException if the line cannot be read, or the key must not be used
   */
  public static Signer command(
      String commandLine, PublicKey key, Duration limit, InstantSource clock) throws IOException {
    List<String> words = CommandWords.split(commandLine);
    ExternalProgram program =
        new ExternalProgram(words, limit, "try it by hand with a file on its standard input");
    return new ExternalSigner(key, new CommandHolder(program), clock);
  }

  /**
   * The program gpg, and with it whatever its agent knows: keys in files, cards, tokens.
   *
   * @param name a fingerprint, or anything else that fits one secret key only
   * @param limit how long one signature may take
   * @param clock to judge expiry by
   * @throws KeyException if there is not one such key, or it must not be used
   */
  public static Signer gpg(String name, Duration limit, InstantSource clock) throws IOException {
    GpgHolder holder = GpgHolder.find(name, limit);
    return new ExternalSigner(holder.publicKey(), holder, clock);
  }

  /** The public half of a key of gpg's. No rule is applied. */
  public static PublicKey gpgKey(String name, Duration limit) throws IOException {
    return GpgHolder.find(name, limit).publicKey();
  }
}
