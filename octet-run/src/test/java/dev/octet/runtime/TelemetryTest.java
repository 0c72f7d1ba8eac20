package dev.octet.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// ONNX Runtime's telemetry searches the command line when it starts, and overflows the stack on a
/// long one: whether it is off shows in a process with one.
class TelemetryTest {
  @TempDir Path folder;

  /// The child's main: opens ONNX Runtime and says so.
  static final class Opening {
    private Opening() {}

    public static void main(String[] arguments) {
      OnnxRuntime.environment();
      System.out.println("opened");
    }
  }

  @Test
  void aLongClassPathDoesNotKillTheProcess() throws Exception {
    StringBuilder classPath = new StringBuilder(System.getProperty("java.class.path"));
    while (classPath.length() < 20_000) {
      classPath.append(File.pathSeparator).append("/a/folder/of/jars/that-is-not-there-1.0.0.jar");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", classPath.toString(), Opening.class.getName()));
    Path said = folder.resolve("said.txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("ORT_DISABLE_TELEMETRY");
    Process process = builder.redirectOutput(said.toFile()).start();
    assertThat(process.waitFor()).as(() -> "exit code; it said: " + read(said)).isZero();
    assertThat(read(said)).contains("opened");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
