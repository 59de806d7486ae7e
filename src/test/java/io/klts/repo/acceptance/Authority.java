package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Signs certificates of servers at 127.0.0.1; thrown away with its folder. */
final class Authority {

  private static final String PASSWORD = "changeit";

  private final Path folder;
  private final Path store;

  /** Makes one, which nobody knows yet. The same name is no proof of anything. */
  Authority(Path folder, String name) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.store = folder.resolve("authority.p12");
    keytool(
        "-genkeypair -alias authority -keyalg EC -ext bc:c -validity 3650 -startdate -100d -dname CN="
            + name,
        store);
    keytool("-exportcert -rfc -alias authority -file " + folder.resolve("authority.pem"), store);
    keytool(
        "-importcert -noprompt -alias authority -file " + folder.resolve("authority.pem"),
        folder.resolve("trust.p12"));
  }

  /** The option for Java that makes it trust this authority, and no other. */
  String trust() {
    return "-Djavax.net.ssl.trustStore="
        + folder.resolve("trust.p12")
        + " -Djavax.net.ssl.trustStorePassword="
        + PASSWORD;
  }

  /** A certificate and its key, in files for nginx. */
  record Certificate(Path chain, Path key) {

    /** A configuration of nginx with it. */
    String on(String configuration) {
      return configuration
          .replaceAll("(?m)^(\\s*listen [^;]*);", "$1 ssl;")
          .replaceFirst(
              "(?m)^(\\s*)root ",
              "$1ssl_certificate " + chain + ";\n$1ssl_certificate_key " + key + ";\n$1root ");
    }
  }

  /**
   * Signs a certificate.
   *
   * @param begin as keytool takes it, such as {@code -10d}
   * @param days for which it holds from then on
   */
  Certificate certificate(String name, String begin, int days) throws IOException {
    Path own = folder.resolve(name + ".p12");
    Path request = folder.resolve(name + ".csr");
    Path chain = folder.resolve(name + ".pem");
    keytool("-genkeypair -alias server -dname CN=" + name + " -keyalg EC", own);
    keytool("-certreq -alias server -file " + request, own);
    keytool(
        "-gencert -rfc -alias authority -ext san=ip:127.0.0.1 -infile %s -outfile %s"
                .formatted(request, chain)
            + " -startdate "
            + begin
            + " -validity "
            + days,
        store);
    Path key = StoreServer.secret(folder.resolve(name + ".key"), pem(own));
    return new Certificate(chain, key);
  }

  private static String pem(Path store) throws IOException {
    try {
      KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
      byte[] key = keys.getKey("server", PASSWORD.toCharArray()).getEncoded();
      String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
      return "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n";
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot read a key that was just made", e);
    }
  }

  private static void keytool(String words, Path store) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    // It ends before better code is worth its making.
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    command.addAll(List.of(words.split(" ")));
    command.addAll(
        List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
    Program.of(command).run().assertOk();
  }
}
