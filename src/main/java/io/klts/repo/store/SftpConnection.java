package io.klts.repo.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.commons.io.function.IOFunction;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.password.PasswordIdentityProvider;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.common.SftpException;

/**
 * One connection to an SFTP server with as many channels as are asked for at once. It is made when
 * it is needed, and again after it broke.
 */
final class SftpConnection implements AutoCloseable {

  private static final int PORT = 22;
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Duration REQUEST = Duration.ofMinutes(2);

  private final URI address;
  private final int port;
  private final SshAccess access;
  private final KnownHosts known;
  private final Queue<SftpClient> idle = new ConcurrentLinkedQueue<>();
  private SshClient client;
  private ClientSession session;

  /**
   * @throws IOException if there is nothing to log in with
   */
  SftpConnection(Target target, SshAccess access) throws IOException {
    this.address = target.upload();
    this.port = address.getPort() < 0 ? PORT : address.getPort();
    this.access = access;
    if (access.secret().isEmpty() && access.identity().isEmpty()) {
      throw new RefusedException(
          address
              + ": neither a password nor a key is known; name credentials in mirrors.conf, and set"
              + " NAME_SECRET or NAME_IDENTITY in the environment");
    }
    Path file = access.knownHosts().orElseGet(KnownHostEntry::getDefaultKnownHostsFile);
    this.known = new KnownHosts(address.getHost(), port, file);
  }

  /** Does some work on a channel that nobody else uses meanwhile. */
  <T> T with(IOFunction<SftpClient, T> work) throws IOException {
    SftpClient channel = idle.poll();
    if (channel == null || !channel.isOpen()) {
      channel = SftpClientFactory.instance().createSftpClient(session());
    }
    try {
      T result = work.apply(channel);
      idle.add(channel);
      return result;
    } catch (SftpException | RefusedException e) {
      // The server said no; the channel is as good as before.
      idle.add(channel);
      throw e;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private synchronized ClientSession session() throws IOException {
    if (session == null || !session.isOpen()) {
      close();
      session = connect();
    }
    return session;
  }

  private ClientSession connect() throws IOException {
    client = SshClient.setUpDefaultClient();
    // The configuration and the keys of whoever runs this are not meant.
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setPasswordIdentityProvider(PasswordIdentityProvider.EMPTY_PASSWORDS_PROVIDER);
    client.setServerKeyVerifier(known);
    client.setSignatureFactories(known.signatures());
    CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, ANSWER);
    CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, 2);
    // Also the time for the answer to one request.
    CoreModuleProperties.IDLE_TIMEOUT.set(client, REQUEST);
    client.start();
    try {
      ClientSession made =
          client.connect(access.user(), address.getHost(), port).verify(CONNECT).getSession();
      logIn(made);
      return made;
    } catch (IOException e) {
      Optional<String> refusal = known.refusal();
      if (refusal.isPresent()) {
        throw new RefusedException(refusal.get());
      }
      throw e instanceof RefusedException
          ? e
          : new IOException(this + ": no connection: " + e.getMessage(), e);
    }
  }

  private void logIn(ClientSession made) throws IOException {
    if (access.identity().isPresent()) {
      made.addPublicKeyIdentity(key(access.identity().get()));
    } else {
      made.addPasswordIdentity(access.secret().orElseThrow());
    }
    try {
      made.auth().verify(ANSWER);
    } catch (IOException e) {
      if (known.refusal().isEmpty() && made.isOpen()) {
        throw new RefusedException(
            this
                + ": the server does not let "
                + access.user()
                + " in with "
                + access.identity().map(Path::toString).orElse("this password"));
      }
      throw e;
    }
  }

  private KeyPair key(Path file) throws IOException {
    FileKeyPairProvider keys = new FileKeyPairProvider(file);
    access.secret().ifPresent(word -> keys.setPasswordFinder(FilePasswordProvider.of(word)));
    try {
      for (KeyPair pair : keys.loadKeys(null)) {
        return pair;
      }
    } catch (RuntimeException e) {
      throw new RefusedException(file + " cannot be read as a private key: " + e.getMessage());
    }
    throw new RefusedException(file + " holds no private key");
  }

  @Override
  public synchronized void close() {
    idle.clear();
    if (client != null) {
      client.stop();
    }
    client = null;
    session = null;
  }

  /** The server, without the path. */
  @Override
  public String toString() {
    return "sftp://" + address.getHost() + ":" + port;
  }
}
