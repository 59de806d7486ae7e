package io.klts.repo.bench;

import io.klts.repo.blob.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Makes a server on this machine as slow to answer as one far away: what goes to it and what comes
 * from it arrives later by half of the round trip each. How much comes in a second is not limited.
 */
final class FarAway {

  private record Piece(Blob bytes, long due) {}

  private FarAway() {}

  /** {@code PORT SERVER-PORT ROUND-TRIP-MILLISECONDS}, on loopback; until it is killed. */
  public static void main(String[] args) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    int server = Integer.parseInt(args[1]);
    long delay = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[2])) / 2;
    try (ServerSocket socket = new ServerSocket(Integer.parseInt(args[0]), 100, loopback)) {
      while (true) {
        Socket near = socket.accept();
        Socket far = new Socket(loopback, server);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        relay(near, far, delay);
        relay(far, near, delay);
      }
    }
  }

  private static void relay(Socket from, Socket to, long delay) {
    BlockingQueue<Piece> under = new LinkedBlockingQueue<>(1000);
    start(() -> read(from, under, delay));
    start(() -> write(to, under));
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
  }

  private static void read(Socket from, BlockingQueue<Piece> under, long delay) {
    byte[] buffer = new byte[1 << 16];
    try {
      try {
        InputStream in = from.getInputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          under.put(new Piece(Blob.of(Arrays.copyOf(buffer, n)), System.nanoTime() + delay));
        }
      } catch (IOException e) {
        // One that breaks off has ended as well.
      }
      under.put(new Piece(Blob.of(new byte[0]), System.nanoTime() + delay));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void write(Socket to, BlockingQueue<Piece> under) {
    try {
      OutputStream out = to.getOutputStream();
      for (Piece piece = under.take(); piece.bytes.size() > 0; piece = under.take()) {
        TimeUnit.NANOSECONDS.sleep(piece.due - System.nanoTime());
        out.write(piece.bytes.bytes());
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // The other side went away.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
