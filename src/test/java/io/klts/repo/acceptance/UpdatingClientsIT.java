package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.blob.Parallel;
import io.klts.repo.blob.Sha256;
import io.klts.repo.tree.Generations.Generation;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.commons.io.function.IOSupplier;
import org.junit.jupiter.api.Test;

/**
 * Clients that update without a pause while the tree changes: each update gives one state of the
 * tree, as a whole, and none that is older than what was complete when it began.
 *
 * <p>{@code -Dpublications=50} is the full form; the rates are written to {@code
 * target/publications.txt}.
 */
class UpdatingClientsIT {

  private static final int PUBLICATIONS = Integer.getInteger("publications", 5);

  private static final Path REPORT = Path.of("target", "publications.txt");

  /**
   * How dnf and zypper say that a signature does not fit. It may happen when a client has read one
   * of repomd.xml and repomd.xml.asc before both changed and the other one after.
   */
  private static final String RACE = "ignature verif";

  /** What there was to see, in order; the last one may be on its way. */
  private final List<SortedSet<String>> states = new CopyOnWriteArrayList<>();

  private final AtomicInteger complete = new AtomicInteger();
  private volatile boolean ended;

  /** What one client met. */
  private record Rate(String client, int updates, int races) {

    @Override
    public String toString() {
      return "%s: %d updates, %d of them met the change of two files"
          .formatted(client, updates, races);
    }
  }

  @Test
  void everyUpdateGivesOneState() throws IOException {
    try (FollowedTree tree = new FollowedTree()) {
      states.add(FollowedTree.view(Set.of(1)));
      List<IOSupplier<Rate>> clients = new ArrayList<>();
      for (Follower follower : tree.followers()) {
        clients.add(Parallel.begin(() -> updateWithoutPause(follower)));
      }
      try {
        change(tree);
      } finally {
        ended = true;
      }
      List<String> rates = new ArrayList<>();
      for (IOSupplier<Rate> client : clients) {
        rates.add(client.get().toString());
      }
      Files.write(REPORT, rates);

      Map<Path, Sha256> older = olderIndexes(tree);
      assertThat(older).isNotEmpty();
      for (Map.Entry<Path, Sha256> file : older.entrySet()) {
        assertThat(Sha256.of(file.getKey())).isEqualTo(file.getValue());
      }
      tree.prune().run().assertOk();
      assertThat(older.keySet()).noneMatch(Files::exists);
      for (Follower follower : tree.followers()) {
        follower.update().assertOk();
        assertThat(follower.sees()).isEqualTo(states.get(complete.get()));
      }
    }
  }

  /** A further release, the oldest one away, new dates, and so on. */
  private void change(FollowedTree tree) throws IOException {
    TreeSet<Integer> releases = new TreeSet<>(Set.of(1));
    int next = 2;
    for (int i = 0; i < PUBLICATIONS; i++) {
      Program run;
      switch (i % 3) {
        case 0 -> {
          releases.add(next);
          run = tree.publish(next++);
        }
        case 1 -> run = tree.withdraw(releases.pollFirst());
        default -> run = tree.refresh();
      }
      states.add(FollowedTree.view(releases));
      run.run().assertOk();
      complete.incrementAndGet();
    }
  }

  /** What clients may be about to read of earlier states: indexes whose name says their content. */
  private static Map<Path, Sha256> olderIndexes(FollowedTree tree) throws IOException {
    Map<String, Sha256> indexes = new TreeMap<>();
    List<Generation> generations =
        StoredTree.look(tree.folder(), stored -> stored.generations().all());
    assertThat(generations).hasSize(PUBLICATIONS);
    for (Generation generation : generations) {
      generation.manifest().entries().forEach((path, entry) -> indexes.put(path, entry.sha256()));
    }
    indexes
        .keySet()
        .removeAll(StoredTree.look(tree.folder(), stored -> stored.manifest().entries().keySet()));
    indexes
        .keySet()
        .removeIf(path -> !path.matches(".*/(by-hash/SHA256/|repodata/[0-9a-f]{64}-).*"));
    return indexes.entrySet().stream()
        .collect(Collectors.toMap(e -> tree.folder().resolve(e.getKey()), Map.Entry::getValue));
  }

  private Rate updateWithoutPause(Follower follower) throws IOException {
    int updates = 0;
    int races = 0;
    while (!ended) {
      int oldest = complete.get();
      Outcome outcome = follower.update();
      int newest = states.size() - 1;
      updates++;
      if (outcome.exit() != 0 && newest > oldest && !follower.toString().equals("apt")) {
        outcome.assertRefused(RACE);
        races++;
      } else {
        outcome.assertOk();
        assertThat(List.copyOf(states).subList(oldest, newest + 1))
            .as(follower::toString)
            .contains(follower.sees());
      }
    }
    return new Rate(follower.toString(), updates, races);
  }
}
