package io.klts.repo.store;

import io.klts.repo.blob.Parallel;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A store whose files arrive one by one: each in a hidden folder first, under a number, and from
 * there under its name. Whatever a run that was killed left is in that one folder, which the next
 * run empties.
 */
abstract class OneByOneStore implements Store {

  /** No path of a tree has a name that begins with a dot. */
  static final String UPLOADS = ".klts-upload";

  private final int parallel;
  private final Retry retry;
  private final Throttle throttle;
  private final AtomicInteger count = new AtomicInteger();
  private boolean begun;

  OneByOneStore(int parallel, int attempts, long bytesPerSecond) {
    this.parallel = parallel;
    this.retry = new Retry(attempts);
    this.throttle = new Throttle(bytesPerSecond);
  }

  final Retry retry() {
    return retry;
  }

  final int parallel() {
    return parallel;
  }

  @Override
  public final void put(Collection<TreeFile> files, Consumer<TreeFile> done) throws IOException {
    begin();
    Parallel.run(parallel, files, file -> put(file, done));
    settle(files);
  }

  @Override
  public final void putInOrder(Collection<List<TreeFile>> lists, Consumer<TreeFile> done)
      throws IOException {
    begin();
    Parallel.run(
        parallel,
        lists,
        list -> {
          for (TreeFile file : list) {
            put(file, done);
          }
        });
    settle(lists.stream().flatMap(List::stream).toList());
  }

  private synchronized void begin() throws IOException {
    if (!begun) {
      retry.call(
          () -> {
            emptyUploads();
            return true;
          });
      begun = true;
    }
  }

  private void put(TreeFile file, Consumer<TreeFile> done) throws IOException {
    String beside = UPLOADS + "/" + count.incrementAndGet();
    retry.call(
        () -> {
          put(file, beside, throttle);
          return file;
        });
    done.accept(file);
  }

  @Override
  public final synchronized void close() {
    if (begun) {
      try {
        removeUploads();
      } catch (IOException e) {
        // The next run removes it.
      }
    }
    disconnect();
  }

  /** Makes the folder {@link #UPLOADS}, or empties it. */
  abstract void emptyUploads() throws IOException;

  /** Sends a file under the name {@code beside}, and gives it its own name when it is whole. */
  abstract void put(TreeFile file, String beside, Throttle throttle) throws IOException;

  /** Returns when these files, which arrived, also stay. */
  void settle(Collection<TreeFile> files) throws IOException {
    // Most servers see to that by themselves.
  }

  /** Removes the folder {@link #UPLOADS}. */
  abstract void removeUploads() throws IOException;

  /** Ends connections, if there are. */
  abstract void disconnect();
}
