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
    FAILS
  }

  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Path folder;
  private final String path;
  private final Fault fault;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicLong sent = new AtomicLong();

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
      String asked = in.readLine().split(" ", 3)[1].substring(1).replace("%5E", "^");
      while (!in.readLine().isEmpty()) {
        // The fields do not matter.
      }
      OutputStream out = client.getOutputStream();
      Path file = folder.resolve(asked);
      if (asked.equals(path)) {
        misbehave(out, Files.readAllBytes(file));
      } else if (Files.isRegularFile(file)) {
        byte[] bytes = Files.readAllBytes(file);
        send(out, "HTTP/1.1 200 OK\r\nContent-Length: " + bytes.length + "\r\n", bytes);
      } else {
        send(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n", new byte[0]);
      }
    } catch (IOException e) {
      // The client has seen enough.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(OutputStream out, String head, byte[] body) throws IOException {
    out.write((head + "Connection: close\r\n\r\n").getBytes(US_ASCII));
    out.write(body);
    out.flush();
  }

  private void misbehave(OutputStream out, byte[] bytes) throws IOException, InterruptedException {
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
      case ENDS_EARLY ->
          send(out, length + bytes.length + "\r\n", java.util.Arrays.copyOf(bytes, 100));
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
