package io.klts.repo.acceptance;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Spliterator;
import java.util.stream.StreamSupport;

/**
 * The file system of a run that ends, or finds the disk full, at its n-th change of anything in one
 * folder. Java itself puts it in place of its own, by a property, so that the program under test
 * does not know of it: {@link #in}.
 */
public final class FaultyFiles extends FileSystemProvider {

  /** What happens at the chosen change, in place of it. */
  enum Fault {
    /** The process ends as by SIGKILL: nothing of Java's runs any more. */
    KILL,
    /** The change fails, once. */
    FULL,
    /** Nothing; at the end, standard error says what was changed: {@link #changes}. */
    NONE
  }

  /** The exit code of a run that was killed here. */
  static final int KILLED = 137;

  private static final String PROPERTY = "klts.test.";

  private static final String CHANGE = "changed ";

  private final FileSystemProvider real;
  private final Files files;
  private final Path folder;
  private final int fatal = Integer.getInteger(PROPERTY + "at");
  private final Fault fault = Fault.valueOf(System.getProperty(PROPERTY + "fault"));
  private final List<String> changes = Collections.synchronizedList(new ArrayList<>());

  /** Java calls this when it starts, with what it would use otherwise. */
  public FaultyFiles(FileSystemProvider real) {
    this.real = real;
    FileSystem system = real.getFileSystem(URI.create("file:///"));
    this.files = new Files(system);
    this.folder = system.getPath(System.getProperty(PROPERTY + "folder"));
    if (fault == Fault.NONE) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> changes.forEach(path -> System.err.println(CHANGE + path))));
    }
  }

  /**
   * Lets a run of the program have such a file system.
   *
   * @param folder whose changes count
   * @param at the change that does not happen; the first is 1
   */
  static Program in(Path folder, Fault fault, int at, Program program) {
    return program.with(
        "JDK_JAVA_OPTIONS",
        String.join(
            " ",
            "-Xbootclasspath/a:" + Path.of("target/test-classes").toAbsolutePath(),
            "-Djava.nio.file.spi.DefaultFileSystemProvider=" + FaultyFiles.class.getName(),
            "-D" + PROPERTY + "folder=" + folder,
            "-D" + PROPERTY + "fault=" + fault,
            "-D" + PROPERTY + "at=" + at));
  }

  /** What a run with {@link Fault#NONE} changed, in order, as paths in the folder. */
  static List<String> changes(Outcome outcome) {
    return outcome
        .err()
        .lines()
        .filter(line -> line.startsWith(CHANGE))
        .map(line -> line.substring(CHANGE.length()))
        .toList();
  }

  /** Counts a change that is about to happen; true if the disk is full. */
  private boolean count(Path path) {
    Path changed = real(path).toAbsolutePath();
    boolean chosen = changed.startsWith(folder) && add(folder.relativize(changed)) == fatal;
    if (chosen && fault == Fault.KILL) {
      Runtime.getRuntime().halt(KILLED);
    }
    return chosen && fault == Fault.FULL;
  }

  private int add(Path path) {
    synchronized (changes) {
      changes.add(path.toString());
      return changes.size();
    }
  }

  private void change(Path path) throws IOException {
    if (count(path)) {
      throw new FileSystemException(path.toString(), null, "No space left on device");
    }
  }

  /** The methods of a path are Java's own; what goes in is unwrapped, what comes out wrapped. */
  private Path wrap(Path path) {
    return path == null
        ? null
        : (Path)
            Proxy.newProxyInstance(
                Wrapped.class.getClassLoader(),
                new Class<?>[] {Path.class, Wrapped.class},
                (proxy, method, arguments) -> call(path, method, arguments));
  }

  /** A path that {@link #wrap} made. */
  interface Wrapped {
    Path unwrap();
  }

  private Object call(Path path, Method method, Object[] arguments) throws Throwable {
    if (method.getDeclaringClass() == Wrapped.class) {
      return path;
    }
    if (method.getName().equals("getFileSystem")) {
      return files;
    }
    if (method.getName().equals("iterator")) {
      return wrap(path.spliterator());
    }
    if (method.getName().equals("toFile")) {
      return new File(path.toString());
    }
    Object[] plain =
        arguments == null ? null : Arrays.stream(arguments).map(FaultyFiles::unwrapped).toArray();
    try {
      Object result = method.invoke(path, plain);
      return result instanceof Path made ? wrap(made) : result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private Iterator<Path> wrap(Spliterator<Path> names) {
    return StreamSupport.stream(names, false).map(this::wrap).iterator();
  }

  private static Object unwrapped(Object argument) {
    return argument instanceof Wrapped wrapped ? wrapped.unwrap() : argument;
  }

  private static Path real(Path path) {
    return (Path) unwrapped(path);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    if (options.contains(StandardOpenOption.WRITE)) {
      change(path);
    }
    return real.newFileChannel(real(path), options, attributes);
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
    change(folder);
    real.createDirectory(real(folder), attributes);
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes)
      throws IOException {
    change(link);
    real.createSymbolicLink(real(link), real(target), attributes);
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    change(link);
    real.createLink(real(link), real(existing));
  }

  @Override
  public void delete(Path path) throws IOException {
    change(path);
    real.delete(real(path));
  }

  @Override
  public void copy(Path from, Path to, CopyOption... options) throws IOException {
    change(to);
    real.copy(real(from), real(to), options);
  }

  @Override
  public void move(Path from, Path to, CopyOption... options) throws IOException {
    change(to);
    real.move(real(from), real(to), options);
  }

  /** Permissions are set through such a view, which needs no room; all others only look. */
  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    if (type == PosixFileAttributeView.class) {
      count(path);
    }
    return real.getFileAttributeView(real(path), type, options);
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    change(path);
    real.setAttribute(real(path), attribute, value, options);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    DirectoryStream<Path> stream =
        real.newDirectoryStream(real(folder), path -> filter.accept(wrap(path)));
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        Iterator<Path> paths = stream.iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return paths.hasNext();
          }

          @Override
          public Path next() {
            return wrap(paths.next());
          }
        };
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    };
  }

  @Override
  public String getScheme() {
    return real.getScheme();
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) throws IOException {
    return real.newFileSystem(uri, environment);
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return files;
  }

  @Override
  public Path getPath(URI uri) {
    return wrap(real.getPath(uri));
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    return real.isSameFile(real(one), real(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return real.isHidden(real(path));
  }

  @Override
  public Path readSymbolicLink(Path link) throws IOException {
    return wrap(real.readSymbolicLink(real(link)));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return real.getFileStore(real(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    real.checkAccess(real(path), modes);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return real.readAttributes(real(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    return real.readAttributes(real(path), attributes, options);
  }

  /** Hands out wrapped paths, which lead back here. */
  private final class Files extends FileSystem {

    private final FileSystem system;

    Files(FileSystem system) {
      this.system = system;
    }

    @Override
    public FileSystemProvider provider() {
      return FaultyFiles.this;
    }

    @Override
    public Path getPath(String first, String... more) {
      return wrap(system.getPath(first, more));
    }

    @Override
    public Iterable<Path> getRootDirectories() {
      return Set.of(getPath(File.separator));
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
      PathMatcher matcher = system.getPathMatcher(pattern);
      return path -> matcher.matches(real(path));
    }

    @Override
    public void close() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public boolean isReadOnly() {
      return false;
    }

    @Override
    public String getSeparator() {
      return system.getSeparator();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
      return system.getFileStores();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
      return system.supportedFileAttributeViews();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
      return system.getUserPrincipalLookupService();
    }

    @Override
    public WatchService newWatchService() throws IOException {
      return system.newWatchService();
    }
  }
}
