package io.klts.repo.docs;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * What the components of records mean, in the words that stand beside them: the lines
 * {@code @param} of their Javadoc.
 */
final class Meanings {

  private static final Path SOURCES = Path.of("src/main/java");

  private static final Pattern CONSTANT = Pattern.compile("#([A-Z_]+)");

  private final Map<String, Map<String, String>> byType = new HashMap<>();
  private final Set<Path> read = new HashSet<>();

  /** The meaning of a component of a record; absent if nobody wrote it down. */
  Optional<String> of(Class<?> record, String component) throws IOException {
    Path file = file(record);
    if (read.add(file)) {
      read(file);
    }
    return Optional.ofNullable(
            byType.getOrDefault(record.getCanonicalName(), Map.of()).get(component))
        .map(text -> CONSTANT.matcher(text).replaceAll(name -> constant(record, name.group(1))));
  }

  /** In a document, a constant is its value. */
  private static String constant(Class<?> record, String name) {
    try {
      Field field = record.getDeclaredField(name);
      field.setAccessible(true);
      return Matcher.quoteReplacement(String.valueOf(field.get(null)));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(record + " has no constant " + name, e);
    }
  }

  private static Path file(Class<?> type) {
    Class<?> top = type;
    while (top.getEnclosingClass() != null) {
      top = top.getEnclosingClass();
    }
    return SOURCES.resolve(top.getName().replace('.', '/') + ".java");
  }

  private void read(Path file) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, List.of("-proc:none"), null, files.getJavaFileObjects(file));
      DocTrees docs = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new Reader(docs).scan(unit, unit.getPackageName().toString());
      }
    }
  }

  /** Goes through the classes of a file, with the name of what encloses them. */
  private final class Reader extends TreePathScanner<Void, String> {

    private final DocTrees docs;

    Reader(DocTrees docs) {
      this.docs = docs;
    }

    @Override
    public Void visitClass(ClassTree tree, String outer) {
      String name = outer + "." + tree.getSimpleName();
      DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
      if (comment != null) {
        Map<String, String> meanings = new HashMap<>();
        for (DocTree tag : comment.getBlockTags()) {
          if (tag instanceof ParamTree param) {
            meanings.put(param.getName().toString(), text(param.getDescription()));
          }
        }
        byType.put(name, meanings);
      }
      return super.visitClass(tree, name);
    }
  }

  /** As Markdown. In a document, what is {@code null} is absent. */
  private static String text(List<? extends DocTree> description) {
    StringBuilder text = new StringBuilder();
    for (DocTree part : description) {
      if (part instanceof LiteralTree literal) {
        String body = literal.getBody().getBody().strip();
        text.append(body.equals("null") ? "absent" : "`" + body + "`");
      } else if (part instanceof LinkTree link) {
        text.append('`').append(link.getReference()).append('`');
      } else {
        text.append(part);
      }
    }
    return text.toString().replaceAll("\\s+", " ").strip();
  }
}
