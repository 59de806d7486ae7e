package io.klts.repo.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.apache.commons.io.input.BoundedInputStream;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.endpoints.EndpointUrl;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.auth.scheme.NoAuthAuthScheme;
import software.amazon.awssdk.http.auth.spi.scheme.AuthScheme;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * How object stores are talked to, so that each of them understands it and none keeps wrong bytes:
 *
 * <ul>
 *   <li>no chunked encoding: old clones write its framing into the object and say that all is well;
 *   <li>no checksums in trailers or headers that only the newest servers know;
 *   <li>Content-MD5 with deletions of many, which most servers ask for.
 * </ul>
 */
final class S3Settings {

  private static final Duration SILENCE = Duration.ofSeconds(60);
  private static final Duration CONNECTING = Duration.ofSeconds(15);
  private static final Duration SMALL_REQUEST = Duration.ofMinutes(2);

  /** No answer without an object in it is longer. */
  private static final long LONGEST_ANSWER = 4 << 20;

  private S3Settings() {}

  /**
   * A client, which the caller closes. What the machine's own configuration of such clients says
   * has no influence.
   *
   * @param connections the most at once
   */
  static S3Client client(Target target, Optional<Credentials> credentials, int connections) {
    ProfileFile nothing = ProfileFile.aggregator().build();
    AuthScheme<?> scheme =
        credentials.isEmpty() ? NoAuthAuthScheme.create() : new S3Signer(target.region());
    S3ClientBuilder builder = S3Client.builder();
    if (target.style() == Target.Style.BUCKET) {
      Endpoint bucket =
          Endpoint.builder()
              .endpointUrl(EndpointUrl.fromUri(target.endpoint().orElseThrow()))
              .build();
      builder.endpointProvider(parameters -> CompletableFuture.completedFuture(bucket));
    }
    return builder
        .endpointOverride(target.endpoint().orElseThrow())
        .region(Region.of(target.region()))
        .forcePathStyle(target.style() == Target.Style.PATH)
        .credentialsProvider(provider(credentials))
        .putAuthScheme(scheme)
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .addPlugin(LegacyMd5Plugin.create())
        .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false).profileFile(() -> nothing))
        .disableS3ExpressSessionAuth(true)
        .httpClientBuilder(
            Apache5HttpClient.builder()
                .maxConnections(connections)
                .connectionTimeout(CONNECTING)
                .socketTimeout(SILENCE)
                .tlsSocketStrategy(S3Settings::encrypt))
        .overrideConfiguration(
            ClientOverrideConfiguration.builder()
                // Each operation is tried again as a whole.
                .retryStrategy(AwsRetryStrategy.doNotRetry())
                .apiCallTimeout(SMALL_REQUEST)
                .defaultProfileFile(nothing)
                .addExecutionInterceptor(new ShortAnswers())
                .build())
        .build();
  }

  /** Not before the first connection that needs it: certificates are many, and read slowly. */
  private static SSLSocket encrypt(
      Socket socket, String host, int port, Object attachment, HttpContext context)
      throws IOException {
    return Tls.STRATEGY.upgrade(socket, host, port, attachment, context);
  }

  private static final class Tls {

    static final TlsSocketStrategy STRATEGY = DefaultClientTlsStrategy.createDefault();
  }

  private static AwsCredentialsProvider provider(Optional<Credentials> credentials) {
    return credentials.isEmpty()
        ? AnonymousCredentialsProvider.create()
        : StaticCredentialsProvider.create(
            AwsBasicCredentials.create(credentials.get().user(), credentials.get().secret()));
  }

  /** Ends what a server says without end, other than an object, whose reader has a limit. */
  private static final class ShortAnswers implements ExecutionInterceptor {

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      boolean isObject =
          context.httpResponse().isSuccessful()
              && context.httpRequest().method() == SdkHttpMethod.GET;
      return isObject ? context.responseBody() : context.responseBody().map(ShortAnswers::bounded);
    }

    private static InputStream bounded(InputStream in) {
      try {
        return BoundedInputStream.builder().setInputStream(in).setMaxCount(LONGEST_ANSWER).get();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
