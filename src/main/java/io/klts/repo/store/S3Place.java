package io.klts.repo.store;

/**
 * Where a tree lies in an object store.
 *
 * @param prefix before each path of the tree; empty, or with a slash at its end
 * @param address for messages, without a slash at its end
 */
record S3Place(String bucket, String prefix, String address) {

  static S3Place of(Target target) {
    String path = target.upload().getPath();
    return new S3Place(
        target.upload().getAuthority(),
        path.isEmpty() ? "" : path.substring(1) + "/",
        target.upload() + " at " + target.endpoint().orElseThrow());
  }

  String key(String path) {
    return prefix + path;
  }

  /** A file, or the whole for an empty path, in words. */
  String describe(String path) {
    return path.isEmpty() ? address : path + " in " + address;
  }
}
