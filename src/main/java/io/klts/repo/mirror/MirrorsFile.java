package io.klts.repo.mirror;

import io.klts.repo.document.Documents;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** {@code mirrors.conf}. */
public record MirrorsFile(Origin origin) {

  public MirrorsFile {
    if (origin == null) {
      throw new IllegalArgumentException("the table [origin] is missing");
    }
  }

  /**
   * Where the first copy is.
   *
   * @param url an http or https address without a slash at its end
   */
  public record Origin(String url) {

    public Origin {
      checkUrl(url);
    }
  }

  /** Reads the file. */
  public static MirrorsFile load(Path file) throws IOException {
    return Documents.toml(file, MirrorsFile.class);
  }

  /**
   * Refuses what cannot be the address of a tree.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  public static void checkUrl(String url) {
    if (url == null || !url.matches("https?://[^/\\s?#]+(/[^\\s?#]+)*") || !hasHost(url)) {
      throw new IllegalArgumentException(
          "\"url\" is " + url + "; expected a form such as https://packages.example.org/klts");
    }
  }

  private static boolean hasHost(String url) {
    try {
      return new URI(url).getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
