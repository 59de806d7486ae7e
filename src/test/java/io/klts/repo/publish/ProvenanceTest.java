package io.klts.repo.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Sha256;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tree has to prove before it is signed again. */
class ProvenanceTest {

  @TempDir Path folder;
  private TinyTree tiny;
  private Path root;
  private PublicKey key;
  private PublicKey other;

  @BeforeEach
  void publish() throws IOException {
    tiny = new TinyTree(folder);
    root = tiny.root();
    tiny.publish("v1.28.15-lts.1");
    key = TinyTree.key().key();
    other = TinyTree.otherKey().key();
  }

  private void check(PublicKey... trusted) throws IOException {
    try (LocalTree tree = LocalTree.open(root, Duration.ZERO, holder -> {})) {
      Provenance.check(tree, List.of(trusted));
    }
  }

  private void refused(String because, PublicKey... trusted) {
    assertThatThrownBy(() -> check(trusted))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(because)
        .hasMessageContaining("nothing was changed");
  }

  @Test
  void takesWhatAKnownKeySigned() throws IOException {
    check(key);
    check(other, key);
  }

  @Test
  void refusesWhatAnotherKeySigned() {
    refused("not signed by a known key", other);
  }

  /** As a mirror could change it: packages of its own in the state, and a manifest that fits. */
  @Test
  void refusesWhatWasChangedSince() throws IOException {
    Path file = root.resolve(Manifest.PATH);
    String before = Sha256.of(root.resolve("packages.json")).hex();
    String manifest = Files.readString(file);
    assertThat(manifest).contains(before);
    Files.writeString(file, manifest.replace(before, Sha256.of("{}".getBytes(UTF_8)).hex()));

    refused("not signed by a known key", key);
  }

  @Test
  void refusesWhatWasNeverSigned() throws IOException {
    Files.delete(root.resolve(Manifest.SIGNATURE_PATH));

    refused("is not signed", key);
  }

  @Test
  void asksNothingOfATreeThatStaysUnsigned() throws IOException {
    Files.delete(root.resolve(Manifest.SIGNATURE_PATH));

    check();
  }

  @Test
  void asksNothingOfANewTree() throws IOException {
    root = folder.resolve("new");

    check(key);
  }

  /** A run that died between the two files leaves the next signature beside the old manifest. */
  @Test
  void takesATreeInTheMiddleOfAChange() throws IOException {
    tiny.publish("v1.28.15-lts.2");
    Path older = root.resolve(".klts/generations/1/" + Manifest.PATH);
    Files.copy(older, root.resolve(Manifest.PATH), StandardCopyOption.REPLACE_EXISTING);
    refused("not signed by a known key", key);
    String digest = Sha256.of(root.resolve(Manifest.SIGNATURE_PATH)).hex();
    Files.writeString(root.resolve(".klts/changing"), digest + "\n");

    check(key);
    refused("not signed by a known key", other);
  }
}
