package io.klts.repo.mirror;

import io.klts.repo.source.HttpSource;
import io.klts.repo.store.CachePurge;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Stage;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lets a cache before the origin forget what the tree has otherwise by now. */
public final class CacheRenewal {

  private final Mirror mirror;
  private final CachePurge purge;

  /**
   * For a mirror that has an address to purge at.
   *
   * @param purge by that address
   */
  public CacheRenewal(Mirror mirror, CachePurge purge) {
    this.mirror = mirror;
    this.purge = purge;
  }

  /**
   * The files under fixed names that the cache's own manifest lists otherwise, the manifest too;
   * all of those names if it has no manifest. Nothing if it has the manifest of the tree.
   */
  public List<String> stale(Manifest manifest) {
    Manifest there = there();
    List<String> stale = new ArrayList<>();
    for (Map.Entry<String, Manifest.Entry> file : manifest.entries().entrySet()) {
      boolean fixed = file.getValue().stage() != Stage.PAYLOAD;
      if (fixed && !file.getValue().equals(there.entries().get(file.getKey()))) {
        stale.add(file.getKey());
      }
    }
    if (!stale.isEmpty() || there.serial() != manifest.serial()) {
      stale.addAll(List.of(Manifest.SIGNATURE_PATH, Manifest.PATH));
    }
    return stale;
  }

  /** What the cache hands out is no more than a hint; what it does not, counts as stale. */
  private Manifest there() {
    try (HttpSource source = new HttpSource(mirror.url())) {
      Optional<byte[]> bytes = source.read(Manifest.PATH, Manifest.LARGEST);
      return bytes.isEmpty() ? Manifest.empty() : Manifest.parse(bytes.get(), Manifest.PATH);
    } catch (IOException e) {
      return Manifest.empty();
    }
  }

  /** Asks the cache to forget files. */
  public void forget(List<String> paths) throws IOException {
    String folder = URI.create(mirror.url()).getRawPath();
    purge.forget(paths.stream().map(path -> folder + "/" + path).toList());
  }
}
