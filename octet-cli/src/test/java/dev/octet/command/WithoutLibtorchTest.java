package dev.octet.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command line in a process of its own that has no libtorch on its class path.
class WithoutLibtorchTest {
  @TempDir Path folder;

  private record Outcome(int exitCode, String said) {}

  @Test
  void programsAreExportedAndOnlyRunningThemIsRefused() throws Exception {
    Path model = folder.resolve("m5.onnx");
    String program = CommandLines.M5.toString();
    assertThat(octet("export", program, "-o", model.toString()))
        .satisfies(outcome -> assertThat(outcome.exitCode()).as(outcome.said()).isZero());
    assertThat(model).isNotEmptyFile();

    Outcome refused =
        octet("export", program, "-o", folder.resolve("again.onnx").toString(), "--verify");
    assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILURE);
    assertThat(refused.said())
        .contains("libtorch", "not on the class path", "org.bytedeco:pytorch")
        .doesNotContain("\tat ");
  }

  private Outcome octet(String... arguments) throws IOException, InterruptedException {
    String classPath =
        Pattern.compile(File.pathSeparator, Pattern.LITERAL)
            .splitAsStream(System.getProperty("java.class.path"))
            .filter(entry -> !entry.contains("bytedeco"))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-cp", classPath));
    command.add(Octet.class.getName());
    command.addAll(List.of(arguments));
    Path said = folder.resolve("said.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    return new Outcome(process.waitFor(), Files.readString(said, StandardCharsets.UTF_8));
  }
}
