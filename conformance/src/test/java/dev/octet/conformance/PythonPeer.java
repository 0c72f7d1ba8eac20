package dev.octet.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// The Python interpreter with the peers installed, and what a script run by it said.
final class PythonPeer {
  private static final String VARIABLE = "OCTET_PEER_PYTHON";
  private static final Path SCRIPTS = Path.of("python");

  private final String interpreter;

  private PythonPeer(String interpreter) {
    this.interpreter = interpreter;
  }

  /// The peer of this machine; skips the test where there is none.
  static PythonPeer required() {
    String interpreter = System.getenv(VARIABLE);
    Assumptions.assumeTrue(
        interpreter != null && !interpreter.isBlank(), VARIABLE + " names no Python");
    return new PythonPeer(String.valueOf(interpreter));
  }

  /// Runs a script of `conformance/python` to its end.
  Verdict run(String script, List<String> arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(interpreter, SCRIPTS.resolve(script).toString()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Verdict(process.waitFor(), said);
  }

  /// @param exitCode 0 when everything held
  /// @param said all the script printed, its JSON among warnings
  record Verdict(int exitCode, String said) {}
}
