package io.klts.repo.serve;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.eclipse.jetty.util.resource.Resource;

/**
 * A file or directory that everyone may see. It resolves and lists only what is public too: no name
 * that begins with a dot, and nothing whose real place is outside the root.
 */
final class PublicResource extends Resource {

  private final Resource resource;
  private final Path root;

  /**
   * @param root the real path, without links, of the served directory
   */
  PublicResource(Resource resource, Path root) {
    this.resource = resource;
    this.root = root;
  }

  @Override
  public Resource resolve(String path) {
    Resource resolved = resource.resolve(path);
    return resolved != null && isPublic(resolved) ? new PublicResource(resolved, root) : null;
  }

  @Override
  public List<Resource> list() {
    return resource.list().stream().filter(this::isPublic).toList();
  }

  private boolean isPublic(Resource other) {
    Path path = other.getPath();
    return path.startsWith(root) && !isHidden(root.relativize(path)) && isInside(path);
  }

  private static boolean isHidden(Path relative) {
    for (Path name : relative) {
      if (name.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private boolean isInside(Path path) {
    try {
      return path.toRealPath().startsWith(root);
    } catch (IOException e) {
      // Not there, or a link to nowhere, or removed a moment ago.
      return false;
    }
  }

  @Override
  public Path getPath() {
    return resource.getPath();
  }

  @Override
  public boolean isDirectory() {
    return resource.isDirectory();
  }

  @Override
  public boolean isReadable() {
    return resource.isReadable();
  }

  @Override
  public URI getURI() {
    return resource.getURI();
  }

  @Override
  public String getName() {
    return resource.getName();
  }

  @Override
  public String getFileName() {
    return resource.getFileName();
  }

  @Override
  public boolean exists() {
    return resource.exists();
  }

  @Override
  public long length() {
    return resource.length();
  }

  @Override
  public Instant lastModified() {
    return resource.lastModified();
  }
}
