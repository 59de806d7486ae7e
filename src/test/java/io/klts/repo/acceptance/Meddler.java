package io.klts.repo.acceptance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands between a client and a server of HTTP, writes down what is asked, and does to some
 * requests what networks and servers do on bad days.
 */
final class Meddler implements AutoCloseable {

  /** What happens to a request. */
  sealed interface Fault {

    /** It reaches the server, and the answer the client. */
    record None() implements Fault {}

    /** The server is not asked; the client gets a status with a text. */
    record Answer(int status, String body) implements Fault {}

    /** The first byte of the content becomes another one. */
    record Flip() implements Fault {}

    /** The connection breaks when so many bytes of the content have passed. */
    record Cut(int bytes) implements Fault {}
  }

  /** Chooses what happens. */
  interface Plan {

    /**
     * Called for each request, from the connections' own threads.
     *
     * @param request method and address, such as {@code PUT /klts/tree/manifest}
     */
    Fault fault(String request);
  }

  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+) *$");

  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final URI server;
  private final Plan plan;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  Meddler(URI server, Plan plan) throws IOException {
    this.server = server;
    this.plan = plan;
    start(this::accept);
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "meddler");
    thread.setDaemon(true);
    thread.start();
  }

  /** Where clients reach it. */
  URI uri() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** Method and address of each request, in the order of their arrival. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** How many connections clients made. */
  int connections() {
    return connections.get();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        connections.incrementAndGet();
        start(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket behind = new Socket(server.getHost(), server.getPort())) {
      start(() -> copyAnswers(behind, client));
      InputStream in = client.getInputStream();
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        pass(head, in, client.getOutputStream(), behind.getOutputStream());
      }
    } catch (IOException e) {
      // One side has gone, or it is the planned fault: both connections end here.
    }
  }

  private static void copyAnswers(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One of them has gone.
    }
  }

  /** Reads until the empty line, with it; empty at the end of the stream. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0; c = in.read()) {
      head.write(c);
      if (c == '\n' && head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
        return head.toString(ISO_8859_1);
      }
    }
    return "";
  }

  private void pass(String head, InputStream in, OutputStream answers, OutputStream out)
      throws IOException {
    String request = head.substring(0, head.indexOf(" HTTP/"));
    requests.add(request);
    Matcher length = LENGTH.matcher(head);
    long bytes = length.find() ? Long.parseLong(length.group(1)) : 0;
    Fault fault = plan.fault(request);
    if (fault instanceof Fault.Answer answer) {
      byte[] body = answer.body().getBytes(ISO_8859_1);
      String line = "HTTP/1.1 " + answer.status() + " No\r\nContent-Length: " + body.length;
      if (!head.toLowerCase(Locale.ROOT).contains("100-continue")) {
        forward(in, OutputStream.nullOutputStream(), bytes);
      }
      answers.write((line + "\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
      answers.write(body);
      answers.flush();
      throw new EOFException("answered");
    }
    out.write(head.getBytes(ISO_8859_1));
    out.flush();
    if (fault instanceof Fault.Cut cut) {
      forward(in, out, Math.min(cut.bytes(), bytes));
      // The client first, or it may still see what the server says of half a request.
      in.close();
      throw new EOFException("cut");
    }
    if (fault instanceof Fault.Flip && bytes > 0) {
      out.write(in.read() ^ 1);
      bytes--;
    }
    forward(in, out, bytes);
  }

  private static void forward(InputStream in, OutputStream out, long bytes) throws IOException {
    byte[] buffer = new byte[1 << 13];
    for (long left = bytes; left > 0; ) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new EOFException("the client has gone");
      }
      out.write(buffer, 0, n);
      out.flush();
      left -= n;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
