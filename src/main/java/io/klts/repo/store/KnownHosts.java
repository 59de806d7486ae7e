package io.klts.repo.store;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;

/**
 * The keys by which a server is known, as ssh keeps them; a server without one is not spoken to.
 */
final class KnownHosts implements ServerKeyVerifier {

  private static final String REVOKED = "revoked";

  private final String host;
  private final int port;
  private final Path file;
  private final List<KnownHostEntry> entries;
  private volatile String refusal;

  /**
   * Reads those of one server.
   *
   * @param file as ssh writes it; if it is missing, no server is known
   */
  KnownHosts(String host, int port, Path file) throws IOException {
    this.host = host;
    this.port = port;
    this.file = file;
    this.entries =
        Files.exists(file)
            ? KnownHostEntry.readKnownHostEntries(file).stream()
                .filter(entry -> entry.isHostMatch(host, port))
                .filter(entry -> entry.getMarker() == null || entry.getMarker().equals(REVOKED))
                .toList()
            : List.of();
  }

  /** All kinds of signature, those first for which the server's key is known. */
  List<NamedFactory<Signature>> signatures() {
    Set<String> known =
        entries.stream().map(e -> e.getKeyEntry().getKeyType()).collect(Collectors.toSet());
    List<BuiltinSignatures> all =
        ClientBuilder.DEFAULT_SIGNATURE_PREFERENCE.stream()
            .sorted(
                Comparator.comparing(
                    s -> !known.contains(KeyUtils.getCanonicalKeyType(s.getName()))))
            .toList();
    return all.stream()
        .filter(BuiltinSignatures::isSupported)
        .map(s -> (NamedFactory<Signature>) s)
        .toList();
  }

  @Override
  public boolean verifyServerKey(ClientSession session, SocketAddress address, PublicKey key) {
    boolean known = false;
    boolean revoked = false;
    for (KnownHostEntry entry : entries) {
      boolean same = KeyUtils.compareKeys(key, keyOf(entry));
      known |= same && entry.getMarker() == null;
      revoked |= same && REVOKED.equals(entry.getMarker());
    }
    if (!known || revoked) {
      refusal = refusal(key, revoked);
    }
    return known && !revoked;
  }

  private static PublicKey keyOf(KnownHostEntry entry) {
    try {
      return entry.getKeyEntry().resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.IGNORING);
    } catch (IOException | GeneralSecurityException e) {
      return null;
    }
  }

  private String refusal(PublicKey key, boolean revoked) {
    String shown =
        "the server %s port %d shows the key %s %s"
            .formatted(host, port, KeyUtils.getKeyType(key), KeyUtils.getFingerPrint(key));
    if (revoked) {
      return shown + ", which " + file + " has as revoked";
    }
    String ask = "ask whoever runs the server for the fingerprint of its key";
    return entries.isEmpty()
        ? "%s, and %s has none of this server; %s, and if it is this one: ssh-keyscan -p %d %s >> %s"
            .formatted(shown, file, ask, port, host, file)
        : "%s, and %s has another: either the server got a new key, or it is not the server; %s, and"
                .formatted(shown, file, ask)
            + " only if it is this one, replace the line";
  }

  /** Why the server was refused, if it was. */
  Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }
}
