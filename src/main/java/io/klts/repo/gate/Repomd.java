package io.klts.repo.gate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@code repomd.xml} says of each document. */
final class Repomd implements PlainXml.Visitor {

  /**
   * One document.
   *
   * @param values texts by the names of the elements; attributes as {@code element@attribute}
   */
  record Data(Map<String, String> values) {
    String type() {
      return get("data@type");
    }

    String get(String name) {
      return values.getOrDefault(name, "");
    }
  }

  private final List<Data> all = new ArrayList<>();

  private Repomd() {}

  static List<Data> read(byte[] bytes) throws IOException {
    Repomd repomd = new Repomd();
    PlainXml.read(bytes, repomd);
    return repomd.all;
  }

  @Override
  public void begin(String element) {
    if (element.equals("data")) {
      all.add(new Data(new HashMap<>()));
    }
  }

  /** Keeps what the present document says; what stands before the first one is of no interest. */
  @Override
  public void value(String name, String value) throws IOException {
    if (!all.isEmpty() && all.get(all.size() - 1).values.put(name, value) != null) {
      throw new IOException("two " + name + " of one document");
    }
  }

  @Override
  public void end(String element) {
    // A document ends where the next one begins.
  }
}
