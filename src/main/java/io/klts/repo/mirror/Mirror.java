package io.klts.repo.mirror;

import io.klts.repo.store.Target;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A place from which machines can fetch the tree.
 *
 * @param url its public address, without a slash at its end; for a prefix with the origin's within
 * @param target where we write it; empty if somebody else does, or it fetches by itself
 * @param area country in two letters
 * @param priority from 1, the first choice, to 99
 * @param interval how often it is brought up to date, as far as is known; zero if it is not
 * @param purge the address that makes a cache forget a file, with {@code {path}} in it
 * @param paths where a mirror that lays the tree out anew has {@code rpm} and {@code apt}
 * @param retired kept for history only: nobody asks it any more
 * @param note what people should know of it
 */
public record Mirror(
    String name,
    Kind kind,
    String url,
    Optional<Target> target,
    Optional<String> area,
    int priority,
    Duration interval,
    Optional<String> purge,
    Map<String, String> paths,
    boolean retired,
    String note) {

  /** The name of the first copy, which the others are copies of. */
  public static final String ORIGIN = "origin";

  /** Where a file of the tree lies below its address. */
  String place(String path) {
    int slash = path.indexOf('/');
    String folder = slash < 0 ? "" : path.substring(0, slash);
    return paths.containsKey(folder) ? paths.get(folder) + path.substring(slash) : path;
  }

  /** How a mirror comes by its files. */
  public enum Kind {
    /** It holds all of them: we push them, or its owner pulls them. */
    COPY,
    /** It forwards requests to the address that is a part of its own. */
    PREFIX,
    /** It fetches a file when it is asked for, and keeps it for a time. */
    CACHE
  }
}
