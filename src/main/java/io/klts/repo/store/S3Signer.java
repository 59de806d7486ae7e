package io.klts.repo.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Signs requests by the rules of AWS Signature Version 4, together with the SHA-256 of their
 * content, over TLS too: so a server can refuse what was damaged on its way. The library's own
 * signer would read each file once more for the digest; ours is known, and stands in the object's
 * own data. And it would cost more than everything else that is done for a small file.
 */
final class S3Signer implements AwsV4AuthScheme, AwsV4HttpSigner {

  private static final String HMAC = "HmacSHA256";
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String KNOWN_DIGEST = "x-amz-meta-" + S3Store.DIGEST;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int DATE_LENGTH = 8;

  private final String region;
  private volatile DayKey dayKey;

  /** The same for all requests of a day. One signer has one secret. */
  private record DayKey(String date, SecretKeySpec key) {}

  S3Signer(String region) {
    this.region = region;
  }

  @Override
  public String schemeId() {
    return SCHEME_ID;
  }

  @Override
  public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
    return providers.identityProvider(AwsCredentialsIdentity.class);
  }

  @Override
  public AwsV4HttpSigner signer() {
    return this;
  }

  @Override
  public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
    String time = TIME.format(Instant.now());
    String digest =
        request
            .request()
            .firstMatchingHeader(KNOWN_DIGEST)
            .orElseGet(() -> digest(request.payload().orElse(null)).hex());
    SdkHttpRequest dated =
        request.request().toBuilder()
            .putHeader("Host", host(request.request()))
            .putHeader("x-amz-date", time)
            .putHeader("x-amz-content-sha256", digest)
            .build();
    SdkHttpRequest signed =
        dated.toBuilder()
            .putHeader("Authorization", authorization(dated, time, digest, request.identity()))
            .build();
    return SignedRequest.builder().request(signed).payload(request.payload().orElse(null)).build();
  }

  @Override
  public CompletableFuture<AsyncSignedRequest> signAsync(
      AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
    throw new UnsupportedOperationException("only the synchronous client is used");
  }

  private static Sha256 digest(ContentStreamProvider content) {
    if (content == null) {
      return Sha256.of(new byte[0]);
    }
    try (InputStream in = content.newStream()) {
      return Sha256.of(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String host(SdkHttpRequest request) {
    boolean usual = SdkHttpUtils.isUsingStandardPort(request.protocol(), request.port());
    return usual ? request.host() : request.host() + ":" + request.port();
  }

  private String authorization(
      SdkHttpRequest request, String time, String digest, AwsCredentialsIdentity identity) {
    SortedMap<String, String> fields = signedFields(request);
    String names = String.join(";", fields.keySet());
    String canonical =
        String.join(
            "\n",
            request.method().name(),
            request.encodedPath(),
            query(request.rawQueryParameters()),
            fields.entrySet().stream()
                .map(field -> field.getKey() + ":" + field.getValue() + "\n")
                .collect(Collectors.joining()),
            names,
            digest);
    String date = time.substring(0, DATE_LENGTH);
    String scope = date + "/" + region + "/s3/aws4_request";
    String text =
        String.join("\n", ALGORITHM, time, scope, Sha256.of(canonical.getBytes(UTF_8)).hex());
    return ALGORITHM
        + " Credential="
        + identity.accessKeyId()
        + "/"
        + scope
        + ", SignedHeaders="
        + names
        + ", Signature="
        + HexFormat.of().formatHex(hmac(keyOf(date, identity), text));
  }

  private SecretKeySpec keyOf(String date, AwsCredentialsIdentity identity) {
    DayKey known = dayKey;
    if (known == null || !known.date.equals(date)) {
      SecretKeySpec key = key(("AWS4" + identity.secretAccessKey()).getBytes(UTF_8));
      for (String part : List.of(date, region, "s3", "aws4_request")) {
        key = key(hmac(key, part));
      }
      known = new DayKey(date, key);
      dayKey = known;
    }
    return known.key;
  }

  private static SecretKeySpec key(byte[] bytes) {
    return new SecretKeySpec(bytes, HMAC);
  }

  /** All that decide what the request does; proxies may change others. */
  private static SortedMap<String, String> signedFields(SdkHttpRequest request) {
    SortedMap<String, String> fields = new TreeMap<>();
    request.forEachHeader(
        (name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (lower.startsWith("x-amz-") || lower.equals("host") || lower.startsWith("content-")) {
            fields.put(lower, String.join(",", values).strip());
          }
        });
    return fields;
  }

  private static String query(Map<String, List<String>> parameters) {
    return new TreeMap<>(parameters)
        .entrySet().stream()
            .map(
                p ->
                    SdkHttpUtils.urlEncode(p.getKey())
                        + "="
                        + SdkHttpUtils.urlEncode(
                            p.getValue().get(0) == null ? "" : p.getValue().get(0)))
            .collect(Collectors.joining("&"));
  }

  private static byte[] hmac(SecretKeySpec key, String text) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has HmacSHA256", e);
    }
  }
}
