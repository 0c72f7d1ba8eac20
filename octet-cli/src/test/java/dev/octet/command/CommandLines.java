package dev.octet.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Objects;
import picocli.CommandLine;

/// Runs commands as a user would, without a process.
final class CommandLines {
  /// The untrained M5 program of the worked example.
  static final Path M5 =
      root().resolve("examples/speech-commands/src/main/resources/dev/octet/example/speech/m5.pt2");

  /// Small programs of all kinds of operators.
  static final Path PROGRAMS = root().resolve("octet-torch/src/test/resources/pt2");

  /// 245 spoken words of the worked example.
  static final Path WORDS = root().resolve("examples/speech-commands/data/spoken_words_val.zip");

  private CommandLines() {}

  /// What a command left.
  record Outcome(int exitCode, String out, String err) {}

  static Outcome run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine octet = Octet.commandLine();
    octet.setOut(new PrintWriter(out));
    octet.setErr(new PrintWriter(err));
    String[] words = java.util.Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new);
    int code = octet.execute(words);
    return new Outcome(code, out.toString(), err.toString());
  }

  private static Path root() {
    return Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
  }
}
