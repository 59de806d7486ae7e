package io.klts.repo.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A real Chromium without a window, driven by WebDriver. It can reach this machine alone: every
 * other name is unknown to it, and what it asked for is in its log.
 */
final class Browser implements AutoCloseable {

  /** A phone and a large screen. */
  enum Screen {
    PHONE(360, 740),
    DESKTOP(1440, 900);

    final int width;
    private final int height;

    Screen(int width, int height) {
      this.width = width;
      this.height = height;
    }
  }

  /** What the system prefers. */
  enum Scheme {
    LIGHT,
    DARK
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Path profile = Lab.folder("browser");
  private final Running driver = new Running(Program.of("chromedriver", "--port=0"));
  private final URI session;

  Browser() throws IOException {
    String port = driver.awaitOutput(PORT);
    URI sessions = URI.create("http://127.0.0.1:" + port + "/session");
    List<String> arguments =
        List.of(
            "--headless=new",
            // The tests run as root, for which Chromium has no sandbox.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--user-data-dir=" + profile);
    Map<String, Object> capabilities =
        Map.of(
            "goog:chromeOptions",
            Map.of("args", arguments),
            "goog:loggingPrefs",
            Map.of("performance", "ALL", "browser", "ALL"));
    JsonNode value = post(sessions, Map.of("capabilities", Map.of("alwaysMatch", capabilities)));
    session = URI.create(sessions + "/" + value.get("sessionId").asText() + "/");
  }

  private JsonNode post(URI uri, Object body) throws IOException {
    return send(
        HttpRequest.newBuilder(uri)
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .header("Content-Type", "application/json"));
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException {
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      JsonNode value = JSON.readTree(response.body()).get("value");
      if (response.statusCode() != 200) {
        throw new IOException("the browser refused: " + value);
      }
      return value;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the browser");
    }
  }

  private JsonNode command(String name, Map<String, ?> values) throws IOException {
    return post(session.resolve(name), values);
  }

  /** A command of the protocol for developer tools. */
  private JsonNode developer(String name, Map<String, ?> values) throws IOException {
    return command("goog/cdp/execute", Map.of("cmd", name, "params", values));
  }

  /** From now on it is such a machine. */
  void become(Screen screen, Scheme scheme) throws IOException {
    developer(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width",
            screen.width,
            "height",
            screen.height,
            "deviceScaleFactor",
            1,
            "mobile",
            screen == Screen.PHONE));
    String preferred = scheme == Scheme.DARK ? "dark" : "light";
    developer(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", preferred))));
  }

  /** From now on pages may run scripts, or not. */
  void allowScripts(boolean allowed) throws IOException {
    developer("Emulation.setScriptExecutionDisabled", Map.of("value", !allowed));
  }

  /** Lets pages read the clipboard. */
  void allowClipboard() throws IOException {
    developer(
        "Browser.grantPermissions",
        Map.of("permissions", List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
  }

  /** Opens a page, and waits until it is there with all that belongs to it. */
  void open(String address) throws IOException {
    command("url", Map.of("url", "about:blank"));
    command("url", Map.of("url", address));
  }

  /** Runs a function's body in the page, which may return a promise. */
  JsonNode run(String body, Object... arguments) throws IOException {
    return command("execute/sync", Map.of("script", body, "args", List.of(arguments)));
  }

  /** Runs a function's body in the page until it is true. */
  void await(String body) throws IOException {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!run(body).asBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never true: " + body);
      }
      Lab.pause();
    }
  }

  /** The text of an element as it is shown; empty for one that is not. */
  String text(String selector) throws IOException {
    return get("element/" + element(selector) + "/text").asText();
  }

  /** Clicks on an element, which must be visible. */
  void click(String selector) throws IOException {
    command("element/" + element(selector) + "/click", Map.of());
  }

  /** Presses keys, one after the other. */
  void press(String keys) throws IOException {
    List<Object> actions = new ArrayList<>();
    keys.codePoints()
        .mapToObj(Character::toString)
        .forEach(
            key -> {
              actions.add(Map.of("type", "keyDown", "value", key));
              actions.add(Map.of("type", "keyUp", "value", key));
            });
    command(
        "actions",
        Map.of("actions", List.of(Map.of("type", "key", "id", "keyboard", "actions", actions))));
  }

  private String element(String selector) throws IOException {
    JsonNode found = command("element", Map.of("using", "css selector", "value", selector));
    return found.elements().next().asText();
  }

  private JsonNode get(String name) throws IOException {
    return send(HttpRequest.newBuilder(session.resolve(name)).GET());
  }

  /** What axe finds that keeps people with disabilities out; empty if nothing. */
  List<String> barriers() throws IOException {
    try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
      run(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
    }
    List<String> barriers = new ArrayList<>();
    JsonNode results = run("return axe.run(document)");
    for (JsonNode violation : results.get("violations")) {
      for (JsonNode node : violation.get("nodes")) {
        barriers.add(
            violation.get("id").asText()
                + " "
                + node.get("target")
                + " "
                + node.get("failureSummary").asText());
      }
    }
    return barriers;
  }

  /** Every address that was asked for since the last time. */
  List<String> requests() throws IOException {
    List<String> requests = new ArrayList<>();
    for (JsonNode entry : command("se/log", Map.of("type", "performance"))) {
      JsonNode message = JSON.readTree(entry.get("message").asText()).get("message");
      if (message.get("method").asText().equals("Network.requestWillBeSent")) {
        requests.add(message.at("/params/request/url").asText());
      }
    }
    return requests;
  }

  /** What pages complained of since the last time, such as a violated policy. */
  List<String> complaints() throws IOException {
    List<String> complaints = new ArrayList<>();
    for (JsonNode entry : command("se/log", Map.of("type", "browser"))) {
      complaints.add(entry.get("message").asText());
    }
    return complaints;
  }

  /** How the whole page looks, as a picture. */
  void photograph(Path file) throws IOException {
    ObjectNode size =
        (ObjectNode) developer("Page.getLayoutMetrics", Map.of()).get("cssContentSize");
    size.put("scale", 1);
    JsonNode picture =
        developer(
            "Page.captureScreenshot",
            Map.of("format", "png", "captureBeyondViewport", true, "clip", size));
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode(picture.get("data").asText()));
  }

  @Override
  public void close() throws IOException {
    send(HttpRequest.newBuilder(URI.create(session.toString().replaceFirst("/$", ""))).DELETE());
    driver.close();
    Lab.remove(profile);
  }
}
