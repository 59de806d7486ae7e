package io.klts.repo.store;

import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.checksums.DefaultChecksumAlgorithm;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.PayloadChecksumStore;
import software.amazon.awssdk.http.auth.spi.signer.SdkInternalHttpSignerProperty;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;

/**
 * Signs requests together with the SHA-256 of their content, over TLS too, so that a server can
 * refuse what was damaged on its way. The library would read each file once more for it; ours is
 * known, and stands in the object's own data.
 */
final class KnownDigests implements AwsV4AuthScheme, AwsV4HttpSigner {

  private static final String HEADER = "x-amz-meta-" + S3Store.DIGEST;

  private final AwsV4AuthScheme scheme = AwsV4AuthScheme.create();

  @Override
  public String schemeId() {
    return scheme.schemeId();
  }

  @Override
  public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
    return scheme.identityProvider(providers);
  }

  @Override
  public AwsV4HttpSigner signer() {
    return this;
  }

  @Override
  public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
    PayloadChecksumStore known = PayloadChecksumStore.create();
    request
        .request()
        .firstMatchingHeader(HEADER)
        .ifPresent(
            hex ->
                known.putChecksumValue(
                    DefaultChecksumAlgorithm.SHA256, HexFormat.of().parseHex(hex)));
    return scheme
        .signer()
        .sign(
            request.toBuilder()
                .putProperty(SdkInternalHttpSignerProperty.CHECKSUM_STORE, known)
                .putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, true)
                .putProperty(AwsV4FamilyHttpSigner.CHUNK_ENCODING_ENABLED, false)
                .build());
  }

  @Override
  public CompletableFuture<AsyncSignedRequest> signAsync(
      AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
    return scheme.signer().signAsync(request);
  }
}
