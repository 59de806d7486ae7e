package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.Browser.Scheme;
import io.klts.repo.acceptance.Browser.Screen;
import io.klts.repo.acceptance.Machine.Manager;
import io.klts.repo.publish.TinyTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The page in a real browser, and what it shows on real machines. */
@ExtendWith(PageTree.Shared.class)
class PageIT {

  private static final Path SCREENSHOTS = Path.of("target/screenshots");
  private static final String OLD = PageTree.OLD;
  private static final String NEW = PageTree.NEW;
  private static final String ORIGIN = "";
  private static final String TAB = "\uE004";
  private static final int LARGEST = 100_000;

  /** Tables that are wider than what they are in, and words of their heads that are broken. */
  private static final String STICKING_OUT =
      """
      const inside = (element) => {
        const style = getComputedStyle(element);
        return element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      };
      const tables = Array.from(document.querySelectorAll('main table'))
          .filter((table) => table.offsetWidth > inside(table.parentElement) + 1)
          .map((table) => table.className);
      const lines = (element) => {
        const text = document.createRange();
        text.selectNodeContents(element);
        return text.getClientRects().length;
      };
      const heads = Array.from(document.querySelectorAll('thead th'))
          .filter((head) => lines(head) > head.textContent.split(' ').length)
          .map((head) => head.textContent);
      return tables.concat(heads);
      """;

  private static PageTree tree;
  private static Browser browser;

  @BeforeAll
  static void start(PageTree shared) throws IOException {
    tree = shared;
    browser = new Browser();
  }

  @AfterAll
  static void stop() throws IOException {
    browser.close();
  }

  @BeforeEach
  void beginAnew() throws IOException {
    browser.become(Screen.DESKTOP, Scheme.LIGHT);
    browser.requests();
    browser.complaints();
  }

  @AfterEach
  void noPageAskedElsewhereOrBrokeItsPolicy() throws IOException {
    browser.allowScripts(true);
    assertThat(browser.requests())
        .isNotEmpty()
        .allMatch(
            request ->
                request.startsWith(tree.url() + "/")
                    || request.equals("about:blank")
                    || request.equals("data:,"));
    // For a file that is no page, the browser looks for a picture at the top of the host.
    assertThat(browser.complaints()).allMatch(complaint -> complaint.contains("/favicon.ico"));
  }

  static Stream<Arguments> views() {
    return Stream.of("", ".zh")
        .flatMap(
            language ->
                Stream.of(Screen.values())
                    .flatMap(
                        screen ->
                            Stream.of(Scheme.values())
                                .map(scheme -> Arguments.of(language, screen, scheme))));
  }

  @ParameterizedTest
  @MethodSource("views")
  void keepsNobodyOut(String language, Screen screen, Scheme scheme) throws IOException {
    browser.become(screen, scheme);
    List<String> pages =
        List.of("index", "releases/v" + NEW, "releases/v" + PageTree.WITHDRAWN, "files");
    for (String page : pages) {
      browser.open(tree.url() + "/" + page + language + ".html");
      if (page.equals("files")) {
        browser.await("return document.querySelector('tbody').children.length > 10");
      }
      String name = page.replaceAll(".*/", "") + language + "-" + screen + "-" + scheme;
      browser.photograph(SCREENSHOTS.resolve(name.toLowerCase(Locale.ROOT) + ".png"));
      assertThat(browser.barriers()).as(name).isEmpty();
      assertThat(browser.run("return document.documentElement.scrollWidth").asInt())
          .as(name)
          .isLessThanOrEqualTo(screen.width);
      assertThat(browser.run(STICKING_OUT)).as(name).isEmpty();
    }
  }

  @Test
  void isSmallAlsoWithEveryRelease() throws IOException {
    for (String page : List.of("index.html", "index.zh.html")) {
      browser.open(tree.url() + "/" + page);
      browser.await("return !document.querySelector('#this-copy').hidden");
      int bytes =
          browser
              .run(
                  "return performance.getEntries()"
                      + ".reduce((sum, entry) => sum + (entry.decodedBodySize || 0), 0)")
              .asInt();
      assertThat(bytes).as(page).isBetween(LARGEST / 3, LARGEST);
      int rows =
          browser.run("return document.querySelectorAll('.releases th[scope=row]').length").asInt();
      assertThat(rows).isEqualTo(tree.releases().size());
    }
  }

  @Test
  void everyChoiceIsInEveryCommand() throws IOException {
    browser.open(tree.url() + "/index.html");
    assertThat(browser.run("return document.querySelector('#mirror').textContent").asText())
        .contains(PageTree.MIRROR)
        .doesNotContain(PageTree.STALE);
    int releases = browser.run("return document.querySelector('#version').length").asInt();
    assertThat(releases).isGreaterThan(tree.releases().size());
    for (int i = 0; i < releases; i++) {
      for (String mirror : List.of(ORIGIN, PageTree.MIRROR)) {
        String channel = choose(i, mirror);
        String version = browser.run("return document.querySelector('#version').value").asText();
        String address = mirror.equals(ORIGIN) ? tree.url() : tree.mirrorUrl();
        String folder = channel.equals("all") ? "/rpm/\n" : "/rpm/" + channel + "/\n";
        assertThat(code(".dnf"))
            .contains("[klts-" + channel + "]\n", "baseurl=" + address + folder)
            .endsWith(" kubectl" + (version.isEmpty() ? "" : "-" + version));
        assertThat(code(".zypper"))
            .contains("[klts-" + channel + "]\n", "baseurl=" + address + folder)
            .endsWith(" kubectl" + (version.isEmpty() ? "" : "=" + version.replace('-', '.')));
        assertThat(code(".apt"))
            .contains("URIs: " + address + "/apt\n")
            .contains("Suites: " + (channel.equals("all") ? "stable" : channel) + "\n")
            .endsWith(" kubectl" + (version.isEmpty() ? "" : "=" + version));
      }
    }
  }

  /** A name that a shell would run is quoted, so that nothing happens but a refusal. */
  @Test
  void aBadMirrorIsAWordOfTheShell() throws IOException {
    browser.open(tree.url() + "/index.html");
    choose(0, PageTree.EVIL);
    assertThat(code(".code"))
        .contains("--mirror '\"><script>document.title='\\''bad'\\''</script>'")
        .contains("curl -fsSL 'javascript:document.title='\\''bad");
  }

  private static String choose(int release, String mirror) throws IOException {
    return browser
        .run(
            """
            const release = document.querySelector('#version');
            release.selectedIndex = arguments[0];
            document.querySelector('#mirror').value = arguments[1];
            release.dispatchEvent(new Event('change', {bubbles: true}));
            return release.selectedOptions[0].dataset.channel;
            """,
            release,
            mirror)
        .asText();
  }

  /** As the button copies it: the first code in an element. */
  private static String code(String selector) throws IOException {
    return browser
        .run("return document.querySelector(arguments[0] + ' code').textContent", selector)
        .asText();
  }

  @ParameterizedTest
  @CsvSource({
    "APT, " + OLD + ", ''",
    "DNF, " + NEW + ", " + PageTree.MIRROR,
    "ZYPPER, " + NEW + ", ''"
  })
  void whatItShowsInstalls(Manager manager, String version, String mirror) throws IOException {
    browser.open(tree.url() + "/index.html");
    browser.click("#" + manager.name().toLowerCase(Locale.ROOT));
    choose(option(version), mirror);
    String commands = code("." + manager.name().toLowerCase(Locale.ROOT));
    String line = code(".code");
    try (Machine machine = new Machine(manager)) {
      run(machine, commands);
      assertInstalled(machine, version);
    }
    try (Machine machine = new Machine(manager)) {
      run(machine, line);
      assertInstalled(machine, version);
    }
  }

  /** In Chinese and without a script, from the page of the release. */
  @Test
  void whatTheReleasesPageShowsInstalls() throws IOException {
    browser.allowScripts(false);
    browser.open(tree.url() + "/releases/v" + NEW + ".zh.html");
    browser.click("#apt");
    String commands = browser.text(".family.apt code");
    try (Machine machine = new Machine(Manager.APT)) {
      run(machine, commands);
      assertInstalled(machine, NEW);
    }
  }

  private static int option(String version) throws IOException {
    return browser
        .run(
            "return Array.from(document.querySelector('#version').options)"
                + ".findIndex((option) => option.value === arguments[0])",
            version)
        .asInt();
  }

  private static void run(Machine machine, String commands) throws IOException {
    machine.write("/root/commands", commands + "\n");
    machine.typed("/root/commands").assertOk();
  }

  private static void assertInstalled(Machine machine, String version) throws IOException {
    for (String name : InstallerTree.PROGRAMS) {
      assertThat(machine.installed(name)).isEqualTo(machine.spelling(version));
    }
  }

  /** One digit of the key's digest is another: nothing after it happens. */
  @Test
  void aWrongKeyStopsTheCommands() throws IOException {
    browser.open(tree.url() + "/index.html");
    String commands = code(".apt");
    int digest = commands.indexOf("echo '") + "echo '".length();
    char other = commands.charAt(digest) == '0' ? '1' : '0';
    String changed = commands.substring(0, digest) + other + commands.substring(digest + 1);
    try (Machine machine = new Machine(Manager.APT)) {
      machine.write("/root/commands", changed + "\n");
      assertThat(machine.sh("cd /root && sh ./commands").exit()).isNotZero();
      assertThat(machine.exists("/etc/apt/sources.list.d/klts.sources")).isFalse();
    }
  }

  @Test
  void worksWithoutAScript() throws IOException {
    browser.allowScripts(false);
    browser.open(tree.url() + "/index.html");
    assertThat(browser.text(".family.dnf")).contains("dnf install kubeadm");
    assertThat(browser.text(".family.apt")).isEmpty();
    browser.click("#apt");
    assertThat(browser.text(".family.apt")).contains("apt-get install kubeadm");
    assertThat(browser.text(".family.dnf")).isEmpty();
    browser.click("#zypper");
    assertThat(browser.text(".family.zypper")).contains("zypper install kubeadm");
    assertThat(browser.text("#choice")).isEmpty();
    assertThat(browser.text(".releases")).contains(OLD, NEW, "CVE-2025-13281", "2024-10-28");
    assertThat(browser.text("#key")).contains(TinyTree.key().key().spacedFingerprint());
    assertThat(browser.text("#mirrors"))
        .contains(PageTree.MIRROR + " CN Good " + tree.mirrorUrl())
        .contains(PageTree.STALE + " CN Out of date ");
    browser.click(".releases a[href*='" + OLD + "']");
    assertThat(browser.text("h1")).isEqualTo(OLD);
    assertThat(browser.text(".family.dnf")).contains("kubelet-" + OLD);
    browser.open(tree.url() + "/files.html");
    browser.click("main a[href=manifest]");
  }

  @Test
  void whatOthersWroteStaysText() throws IOException {
    for (String page : List.of("index", "releases/v" + PageTree.WITHDRAWN)) {
      browser.open(tree.url() + "/" + page + ".html");
      assertThat(browser.text("main")).contains(PageTree.REASON);
      assertThat(browser.run("return document.querySelectorAll('img, b b, script').length").asInt())
          .isEqualTo(1);
      assertThat(browser.run("return document.title").asText()).startsWith("KLTS");
    }
    browser.open(tree.url() + "/index.html");
    assertThat(browser.text("#mirrors")).contains(PageTree.EVIL);
    assertThat(
            browser
                .run("return document.querySelectorAll('a[href^=\"javascript\" i]').length")
                .asInt())
        .isZero();
  }

  /** As browsers need it, and so that no cache shows a page of an earlier serial. */
  @ParameterizedTest
  @CsvSource({
    "index.html, text/html",
    "page/style.css, text/css",
    "page/page.js, text/javascript",
    "feed.atom, application/atom+xml"
  })
  void isServedAsWhatItIs(String path, String type) throws IOException {
    browser.open(tree.url() + "/index.html");
    String headers =
        browser
            .run(
                "return fetch(arguments[0]).then((response) => response.headers.get('content-type')"
                    + " + ' ' + response.headers.get('cache-control'))",
                "/" + path)
            .asText();
    assertThat(headers).startsWith(type).endsWith(" no-cache");
  }

  @Test
  void copiesWhatItShows() throws IOException {
    browser.open(tree.url() + "/index.html");
    browser.allowClipboard();
    browser.click(".family.dnf .copy");
    browser.await("return document.querySelector('#said').textContent === 'Copied'");
    assertThat(browser.run("return navigator.clipboard.readText()").asText())
        .isEqualTo(code(".dnf"));
  }

  /** From the top of the page to the last button of the commands, and one sees where one is. */
  @Test
  void everythingIsReachedByKeyboard() throws IOException {
    browser.open(tree.url() + "/index.html");
    StringBuilder way = new StringBuilder();
    for (int i = 0; i < 14; i++) {
      browser.press(TAB);
      way.append(
          browser
              .run(
                  """
                  const here = document.activeElement;
                  const shown = here.type === 'radio' ? here.parentElement : here;
                  const style = getComputedStyle(shown);
                  const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
                  return (here.id || here.className || here.textContent) + (seen ? ' ' : ' unseen ');
                  """)
              .asText());
    }
    assertThat(way.toString())
        .startsWith("skip brand ")
        .contains(" language version mirror copy dnf copy ")
        .doesNotContain("unseen");
  }

  @Test
  void listsTheFilesOfTheManifest() throws IOException {
    browser.open(tree.url() + "/files.html");
    browser.await("return document.querySelector('tbody').children.length > 10");
    assertThat(browser.text("tbody")).contains("rpm/", "apt/", "install.sh", "index.html");
    browser.click("tbody a[href='#rpm/']");
    browser.await("return document.querySelector('#folder').textContent.endsWith('rpm')");
    browser.click("tbody a[href='#rpm/v1.28/']");
    browser.await("return document.querySelector('#folder').textContent.endsWith('v1.28')");
    assertThat(browser.text("tbody")).contains("repodata/", "x86_64/", "klts.repo");
    browser.click("tbody a[href='rpm/v1.28/klts.repo']");
    assertThat(browser.requests()).anyMatch(request -> request.endsWith("/rpm/v1.28/klts.repo"));
    browser.open(tree.url() + "/releases/v" + NEW + ".html");
    browser.click("a[href='../files.html#rpm/v1.28/']");
    browser.await("return !!document.querySelector('tbody a[href=\"rpm/v1.28/klts.repo\"]')");
  }
}
