package io.klts.repo.docs;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * All texts in the sources, in which everything that is put in at run time is {@link #HOLE}: what
 * the program and the scripts may say.
 */
final class Messages {

  /** Stands for a name, a number or whatever else is known at run time only. */
  static final char HOLE = '…';

  private Messages() {}

  /** The texts of the program. */
  static List<String> ofTheProgram() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> texts = new ArrayList<>();
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"));
        StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<Path> java = sources.filter(file -> file.toString().endsWith(".java")).toList();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjects(java.toArray(Path[]::new)));
      for (CompilationUnitTree unit : task.parse()) {
        new Reader(texts).scan(unit, null);
      }
    }
    return texts;
  }

  /** The lines of a shell script. */
  static List<String> of(Path script) throws IOException {
    return Files.readAllLines(script).stream()
        .map(line -> line.replaceAll("\\$\\{[^}]*}|\\$\\([^)]*\\)|\\$\\w+|\\$[0-9@*]", "…"))
        .map(line -> line.replace("\\", ""))
        .toList();
  }

  private static final class Reader extends TreeScanner<Void, Void> {

    private final List<String> texts;

    Reader(List<String> texts) {
      this.texts = texts;
    }

    @Override
    public Void visitBinary(BinaryTree sum, Void unused) {
      StringBuilder text = new StringBuilder();
      append(sum, text);
      add(text.toString());
      return super.visitBinary(sum, null);
    }

    @Override
    public Void visitLiteral(LiteralTree literal, Void unused) {
      if (literal.getValue() instanceof String text) {
        add(text);
      }
      return super.visitLiteral(literal, null);
    }

    private void add(String text) {
      String withHoles = text.replaceAll("%[-0-9.,]*[a-z]", String.valueOf(HOLE));
      texts.add(withHoles.replaceAll("\\s+", " "));
    }

    private static void append(ExpressionTree part, StringBuilder text) {
      if (part instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
        append(sum.getLeftOperand(), text);
        append(sum.getRightOperand(), text);
      } else if (part instanceof ParenthesizedTree parentheses) {
        append(parentheses.getExpression(), text);
      } else if (part instanceof LiteralTree literal) {
        text.append(literal.getValue());
      } else {
        text.append(HOLE);
      }
    }
  }
}
