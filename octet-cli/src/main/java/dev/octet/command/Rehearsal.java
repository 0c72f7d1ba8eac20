package dev.octet.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Runs every quick command once on the shipped example, so that a JVM started with
/// `-XX:AOTCacheOutput` records what starting them takes. Used by the launcher when it builds;
/// what the commands print and write is thrown away.
final class Rehearsal {
  private Rehearsal() {}

  /// @param args the folder `examples/speech-commands`
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    Path example = Path.of(args[0]);
    try {
      Path scratch = Files.createTempDirectory("octet-rehearsal");
      try {
        commands(example, scratch).forEach(Rehearsal::perform);
      } finally {
        delete(scratch);
      }
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private static Stream<List<String>> commands(Path example, Path scratch) {
    String program = example.resolve("checkpoints/m5_spoken_words.pt2").toString();
    String training = example.resolve("data/spoken_words_train.zip").toString();
    String test = example.resolve("data/spoken_words_test.zip").toString();
    String exported = scratch.resolve("exported.onnx").toString();
    String prepared = scratch.resolve("prepared.onnx").toString();
    String quantized = scratch.resolve("quantized.onnx").toString();
    String competing = scratch.resolve("competing.onnx").toString();
    return Stream.of(
        List.of("--help"),
        List.of("export", program, "-o", exported),
        List.of("prepare", exported, "-o", prepared),
        List.of(
            "quantize",
            prepared,
            "--data",
            training,
            "--samples",
            "512",
            "--method",
            "minmax",
            "-o",
            quantized),
        List.of("quantize", prepared, "--data", training, "--samples", "128", "-o", competing),
        List.of("align", prepared, quantized, "--data", test, "--samples", "64"),
        List.of("evaluate", prepared, quantized, "--data", test, "--samples", "64"),
        List.of("inspect", quantized, "--nodes", "--initializers", "--json"),
        List.of("diff", prepared, quantized));
  }

  private static void perform(List<String> command) {
    String[] args = command.toArray(String[]::new);
    Octet.commandLine(args).execute(args);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
