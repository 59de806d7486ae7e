package io.klts.repo.blob;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.function.IOConsumer;
import org.apache.commons.io.function.IOFunction;
import org.apache.commons.io.function.IOSupplier;

/** The same work on several things, side by side. */
public final class Parallel {

  private Parallel() {}

  /**
   * Begins some work and goes on.
   *
   * @return waits for the result; it may be left waiting
   */
  public static <T> IOSupplier<T> begin(IOSupplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return () -> result(task);
  }

  /** Does different work side by side; returns the results in its order. */
  @SafeVarargs
  @SuppressWarnings("varargs") // List.of only reads
  public static <T> List<T> all(IOSupplier<T>... work) throws IOException {
    return map(List.of(work), IOSupplier::get);
  }

  /** Does some work with each input, on all processors. */
  public static <T> void run(Collection<T> inputs, IOConsumer<T> work) throws IOException {
    run(Runtime.getRuntime().availableProcessors(), inputs, work);
  }

  /**
   * Does some work with each input.
   *
   * @throws IOException the first failure, in their order; other work has ended, too
   */
  public static <T> void run(int threads, Collection<T> inputs, IOConsumer<T> work)
      throws IOException {
    map(
        threads,
        inputs,
        input -> {
          work.accept(input);
          return input;
        });
  }

  /** Applies some work to each input, on all processors. */
  public static <T, R> List<R> map(Collection<T> inputs, IOFunction<T, R> work) throws IOException {
    return map(Runtime.getRuntime().availableProcessors(), inputs, work);
  }

  /**
   * Applies some work to each input.
   *
   * @return in the order of the inputs
   * @throws IOException the first failure, in that order; other work has ended, too
   */
  public static <T, R> List<R> map(int threads, Collection<T> inputs, IOFunction<T, R> work)
      throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Future<R>> running = new ArrayList<>();
      for (T input : inputs) {
        running.add(workers.submit(() -> work.apply(input)));
      }
      List<R> results = new ArrayList<>();
      for (Future<R> one : running) {
        results.add(result(one));
      }
      return results;
    } finally {
      stop(workers);
    }
  }

  private static <T> T result(Future<T> work) throws IOException {
    try {
      return work.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Waits, because a caller may delete what the work has written. */
  private static void stop(ExecutorService workers) {
    workers.shutdownNow();
    try {
      workers.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
