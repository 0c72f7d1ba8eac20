package dev.octet.command;

import static dev.octet.command.CommandLines.M5;
import static dev.octet.command.CommandLines.WORDS;
import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.inspect.ModelInspector;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelReader;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The lines that the README shows, compiled and run as they stand there.
class LibraryUseTest {
  private static final String IMPORTS =
      """
      import dev.octet.calibrate.*;
      import dev.octet.data.*;
      import dev.octet.ir.*;
      import dev.octet.ir.io.*;
      import dev.octet.plan.*;
      import dev.octet.rewrite.*;
      import dev.octet.runtime.*;
      import java.nio.file.*;
      import java.util.*;
      """;

  @TempDir private Path folder;

  @Test
  void theLinesOfTheReadmeQuantizeAModel() throws Exception {
    run("export", M5, "-o", folder.resolve("m5.onnx"));
    run("prepare", folder.resolve("m5.onnx"), "-o", folder.resolve("m5_prepared.onnx"));
    Files.copy(WORDS, folder.resolve("train.zip"));
    String lines = shown();
    assertThat(lines.lines()).hasSizeLessThan(10);

    compiled(lines).getMethod("run").invoke(null);

    Model int8 = ModelReader.read(folder.resolve("m5_int8.onnx"));
    assertThat(ModelInspector.inspect(int8).compute().quantizedShare()).isEqualTo(1.0);
  }

  /// The one block of Java in the README.
  private static String shown() throws IOException {
    Path root = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
    String[] parts = Files.readString(root.resolve("README.md")).split("```java\n", -1);
    assertThat(parts).hasSize(2);
    return parts[1].substring(0, parts[1].indexOf("```"));
  }

  /// The lines in a class of their own; only the folder of their files is filled in.
  private Class<?> compiled(String lines) throws Exception {
    String here = folder.toString().replace('\\', '/') + "/";
    String body = lines.replace("Path.of(\"", "Path.of(\"" + here);
    Path source =
        Files.writeString(
            folder.resolve("Shown.java"),
            IMPORTS + "public class Shown { public static void run() {\n" + body + "}}\n");
    // Surefire's own class path is one jar that only names the others.
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options = List.of("-cp", classPath, "-proc:none", "-d", folder.toString());
      assertThat(
              compiler
                  .getTask(null, files, null, options, null, files.getJavaFileObjects(source))
                  .call())
          .isTrue();
    }
    URL[] place = {folder.toUri().toURL()};
    return Class.forName("Shown", true, new URLClassLoader(place, getClass().getClassLoader()));
  }
}
