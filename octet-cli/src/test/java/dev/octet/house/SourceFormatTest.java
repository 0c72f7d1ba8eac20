package dev.octet.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every source file is as `tools/format` leaves it. A test, because the formatter must run on the
/// JDK whose syntax the sources use, which Maven itself may not.
class SourceFormatTest {
  @Test
  void everySourceFileIsFormatted() throws IOException {
    Path root = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
    assertThat(root.resolve("tools/format")).as("the root of the checkout").exists();
    Formatter formatter = new Formatter();
    List<Path> unformatted;
    try (Stream<Path> files = Files.walk(root)) {
      unformatted =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !root.relativize(file).toString().contains("target/"))
              .filter(file -> !isFormatted(formatter, file))
              .map(root::relativize)
              .toList();
    }
    assertThat(unformatted).as("run tools/format").isEmpty();
  }

  private static boolean isFormatted(Formatter formatter, Path file) {
    try {
      String source = Files.readString(file);
      return formatter.formatSourceAndFixImports(source).equals(source);
    } catch (IOException | FormatterException e) {
      throw new AssertionError(file + ": " + e.getMessage(), e);
    }
  }
}
