package io.klts.repo.source;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A web server that sends the files of a folder as it should, and one of them as it should not. */
public final class BadServer implements Closeable {

  /** What is done instead of sending a file. */
  public enum Fault {
    SILENT,
    STALLS,
    DRIPS,
    ENDLESS,
    ENDLESS_HEADER,
    ENDS_EARLY,
    SAYS_LESS,
    SAYS_MORE,
    SAYS_NONSENSE,
    REDIRECTS_IN_A_LOOP,
    REDIRECTS_NOWHERE,
    REDIRECTS_WITHOUT_A_WORD,
    NO_HTTP,
    FAILS,
    FORBIDS,
    LACKS,
    IS_BUSY,
    IS_DOWN,
    REDIRECTS_TO_OTHERS,
    BREAKS_OFF,
    SENDS_OTHERS,
    IGNORES_RANGES,
    SENDS_ANOTHER_RANGE
  }

  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Path folder;
  private final String path;
  private final Fault fault;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicLong sent = new AtomicLong();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  public BadServer(Path folder, String path, Fault fault) throws IOException {
    this.folder = folder;
    this.path = path;
    this.fault = fault;
    start(this::accept);
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "bad-server");
    thread.setDaemon(true);
    thread.start();
  }

  public String url() {
    return "http://127.0.0.1:" + socket.getLocalPort() + "/";
  }

  /** Bytes that went out without end. */
  public long sent() {
    return sent.get();
  }

  /** Paths that were asked for, each with the value of Range, if there was one. */
  public List<String> asked() {
    return asked;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        open.add(client);
        start(() -> answer(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(Socket client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
      String first = in.readLine();
      if (first == null) {
        return;
      }
      String name = first.split(" ", 3)[1].substring(1).replace("%5E", "^");
      int from = 0;
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        if (line.startsWith("Range: bytes=")) {
          from = Integer.parseInt(line.substring(13, line.length() - 1));
        }
      }
      asked.add(from == 0 ? name : name + " " + from);
      OutputStream out = client.getOutputStream();
      Path file = folder.resolve(name);
      if (name.equals(path)) {
        misbehave(out, Files.readAllBytes(file), from);
      } else if (Files.isRegularFile(file)) {
        serve(out, Files.readAllBytes(file), from);
      } else {
        send(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n", new byte[0]);
      }
    } catch (IOException e) {
      // The client has seen enough.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void serve(OutputStream out, byte[] bytes, int from) throws IOException {
    byte[] rest = Arrays.copyOfRange(bytes, from, bytes.length);
    String head =
        from == 0
            ? "HTTP/1.1 200 OK\r\n"
            : "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes "
                + from
                + "-"
                + (bytes.length - 1)
                + "/"
                + bytes.length
                + "\r\n";
    send(out, head + "Content-Length: " + rest.length + "\r\n", rest);
  }

  private static void send(OutputStream out, String head, byte[] body) throws IOException {
    out.write((head + "Connection: close\r\n\r\n").getBytes(US_ASCII));
    out.write(body);
    out.flush();
  }

  private void misbehave(OutputStream out, byte[] bytes, int from)
      throws IOException, InterruptedException {
    String ok = "HTTP/1.1 200 OK\r\n";
    String length = ok + "Content-Length: ";
    byte[] none = {};
    switch (fault) {
      case SILENT -> end.await();
      case STALLS -> {
        send(out, length + bytes.length + "\r\n", new byte[] {bytes[0]});
        end.await();
      }
      case DRIPS -> {
        send(out, length + bytes.length + "\r\n", none);
        for (byte one : bytes) {
          out.write(one);
          Thread.sleep(50);
        }
      }
      case ENDLESS -> {
        send(out, ok, bytes);
        flood(out, new byte[1 << 16]);
      }
      case ENDLESS_HEADER -> {
        out.write(ok.getBytes(US_ASCII));
        flood(out, ("X-More: " + "x".repeat(1000) + "\r\n").getBytes(US_ASCII));
      }
      case ENDS_EARLY -> send(out, length + bytes.length + "\r\n", Arrays.copyOf(bytes, 100));
      case SAYS_LESS -> send(out, length + (bytes.length - 1) + "\r\n", bytes);
      case SAYS_MORE -> send(out, length + (bytes.length + 1L) + "\r\n", bytes);
      case SAYS_NONSENSE -> send(out, length + "many\r\n", bytes);
      case REDIRECTS_IN_A_LOOP ->
          send(
              out,
              "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + url() + path + "\r\n",
              none);
      case REDIRECTS_NOWHERE ->
          send(out, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://[\r\n", none);
      case REDIRECTS_WITHOUT_A_WORD ->
          send(out, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n", none);
      case NO_HTTP -> send(out, "220 mail.example.org ESMTP\r\n", none);
      case FAILS -> send(out, "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n", none);
      case FORBIDS -> send(out, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n", none);
      case LACKS -> send(out, "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n", none);
      case IS_BUSY ->
          send(out, "HTTP/1.1 429 Wait\r\nRetry-After: 1\r\nContent-Length: 0\r\n", none);
      case IS_DOWN -> send(out, "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n", none);
      case REDIRECTS_TO_OTHERS ->
          send(
              out,
              "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + url() + "lastupdate\r\n",
              none);
      case BREAKS_OFF ->
          send(out, length + bytes.length + "\r\n", Arrays.copyOf(bytes, bytes.length / 2));
      case SENDS_OTHERS -> {
        byte[] others = bytes.clone();
        others[others.length / 2] ^= 1;
        serve(out, others, from);
      }
      case IGNORES_RANGES -> serve(out, bytes, 0);
      case SENDS_ANOTHER_RANGE -> serve(out, bytes, from == 0 ? 0 : from + 1);
    }
  }

  private void flood(OutputStream out, byte[] bytes) throws IOException {
    while (end.getCount() > 0) {
      out.write(bytes);
      sent.addAndGet(bytes.length);
    }
  }

  @Override
  public void close() throws IOException {
    end.countDown();
    socket.close();
    for (Socket client : open) {
      client.close();
    }
  }
}
