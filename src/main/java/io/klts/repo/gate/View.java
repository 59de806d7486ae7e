package io.klts.repo.gate;

import io.klts.repo.blob.Blob;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** A tree as it would be after a publication. */
public interface View {

  /** What is new or changes, in the order in which it would be put into the tree. */
  List<TreeFile> changes();

  /** Every file that there would be, but for the manifest and its signature. */
  SortedSet<String> paths();

  /** A file as clients have it before the publication; absent if it is not there. */
  Optional<Blob> present(String path) throws IOException;
}
