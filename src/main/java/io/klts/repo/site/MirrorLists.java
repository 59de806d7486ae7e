package io.klts.repo.site;

import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.document.Documents;
import io.klts.repo.tree.ListedMirror;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What sends clients from one place to the next: lists of mirrors in the forms that each package
 * manager reads, and definitions that use them. The origin is the last in each.
 */
public final class MirrorLists {

  private static final int FIRST = 100;

  /** apt's priorities, unlike those of mirrors.conf, go on behind the last one. */
  private static final int LAST = 100;

  /**
   * An rpm channel as it is published.
   *
   * @param name such as {@code v1.28}; empty for the one with everything
   * @param sha256 of its {@code repomd.xml}
   * @param size of that in bytes
   * @param date of its metadata
   */
  public record Channel(String name, Sha256 sha256, long size, Instant date) {

    private String folder() {
      return name.isEmpty() ? "" : "/" + name;
    }
  }

  /**
   * {@code mirrors.json}.
   *
   * @param mirrors in the order in which they are asked; the origin is the last
   */
  private record Document(List<ListedMirror> mirrors) {}

  private final Definitions definitions;
  private final Identity identity;
  private final String baseUrl;
  private final List<ListedMirror> mirrors;
  private final List<ListedMirror> leftOut;

  /**
   * @param baseUrl of the origin, without a slash at its end
   * @param known in the order in which they are asked, without the origin, and those with a fault
   */
  public MirrorLists(Identity identity, String baseUrl, List<ListedMirror> known) {
    this.definitions = new Definitions(identity, baseUrl);
    this.identity = identity;
    this.baseUrl = baseUrl;
    this.mirrors = new ArrayList<>(known);
    this.leftOut = known.stream().filter(mirror -> !mirror.isGood()).toList();
    mirrors.removeAll(leftOut);
    mirrors.add(
        new ListedMirror(
            "origin", "copy", baseUrl, null, LAST, baseUrl + "/rpm", baseUrl + "/apt"));
  }

  /** All of them: first those that are asked, in their order, then those with a fault. */
  public List<ListedMirror> mirrors() {
    List<ListedMirror> all = new ArrayList<>(mirrors);
    all.addAll(leftOut);
    return all;
  }

  /**
   * The files.
   *
   * @param channels all rpm channels
   * @param suites of apt
   */
  public List<TreeFile> files(List<Channel> channels, List<String> suites) throws IOException {
    List<TreeFile> files = new ArrayList<>();
    files.add(
        TreeFile.of("mirrors.json", Stage.INDEX, Documents.prettyJson(new Document(mirrors))));
    files.add(file("apt/mirrors.list", Stage.INDEX, apt()));
    for (String suite : suites) {
      String list = "mirror+" + baseUrl + "/apt/mirrors.list";
      files.add(
          file("apt/" + suite + "-mirrors.sources", Stage.INDEX, definitions.sources(suite, list)));
    }
    for (Channel channel : channels) {
      String folder = "rpm" + channel.folder();
      String definition = folder + "/" + identity.id() + "-mirrors";
      String metalink = "metalink=" + baseUrl + "/" + folder + "/metalink.xml\n";
      files.add(file(folder + "/mirrorlist", Stage.INDEX, rpm("", channel)));
      files.add(
          file(definition + ".repo", Stage.INDEX, definitions.repo(channel.name(), metalink)));
      files.add(
          file(
              definition + "-zypper.repo",
              Stage.INDEX,
              definitions.zypperRepo(channel.name(), rpm("baseurl=", channel))));
      // Of the very repomd.xml that becomes visible with it.
      files.add(file(folder + "/metalink.xml", Stage.ROOT, metalink(channel)));
    }
    return files;
  }

  private String rpm(String before, Channel channel) {
    return rpm(before, channel.folder());
  }

  /**
   * Where an rpm channel is, a line for each mirror.
   *
   * @param folder of the channel, with a slash before it; empty for the one with everything
   */
  String rpm(String before, String folder) {
    StringBuilder lines = new StringBuilder();
    for (ListedMirror mirror : mirrors) {
      lines.append(before).append(mirror.rpm()).append(folder).append("/\n");
    }
    return lines.toString();
  }

  /** apt-transport-mirror(1): a lower number is asked first. */
  String apt() {
    StringBuilder lines = new StringBuilder();
    for (ListedMirror mirror : mirrors) {
      lines.append(mirror.apt()).append("\tpriority:").append(mirror.priority()).append('\n');
    }
    return lines.toString();
  }

  /** Metalink 3.0 as yum and dnf read it: a higher number is asked first. */
  private String metalink(Channel channel) {
    StringBuilder urls = new StringBuilder();
    for (ListedMirror mirror : mirrors) {
      String protocol = mirror.url().startsWith("https:") ? "https" : "http";
      String location =
          mirror.area() == null
              ? ""
              : " location=\"" + mirror.area().toUpperCase(Locale.ROOT) + "\"";
      urls.append(
          """
                  <url protocol="%s" type="%s"%s preference="%s">%s%s/repodata/repomd.xml</url>
          """
              .formatted(
                  protocol,
                  protocol,
                  location,
                  Math.max(1, FIRST + 1 - mirror.priority()),
                  escaped(mirror.rpm()),
                  channel.folder()));
    }
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <metalink version="3.0" xmlns="http://www.metalinker.org/" type="dynamic" \
        xmlns:mm0="http://fedorahosted.org/mirrormanager">
          <files>
            <file name="repomd.xml">
              <mm0:timestamp>%s</mm0:timestamp>
              <size>%s</size>
              <verification>
                <hash type="sha256">%s</hash>
              </verification>
              <resources maxconnections="1">
        %s      </resources>
            </file>
          </files>
        </metalink>
        """
        .formatted(
            channel.date().getEpochSecond(), channel.size(), channel.sha256(), urls.toString());
  }

  private static String escaped(String url) {
    return url.replace("&", "&amp;").replace("<", "&lt;");
  }

  private static TreeFile file(String path, Stage stage, String text) {
    return TreeFile.of(path, stage, text.getBytes(StandardCharsets.UTF_8));
  }
}
