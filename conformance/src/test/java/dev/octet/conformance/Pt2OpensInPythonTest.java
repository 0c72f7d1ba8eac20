package dev.octet.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.archive.Pt2Writer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Archives written by Octet load with `torch.export.load` and run at batch 1, 3 and 32.
class Pt2OpensInPythonTest {
  private static final Path M5 =
      Path.of("../examples/speech-commands/src/main/resources/dev/octet/example/speech/m5.pt2");

  @Test
  void rewrittenM5Runs(@TempDir Path folder) throws Exception {
    PythonPeer peer = PythonPeer.required();
    Path rewritten = folder.resolve("rewritten.pt2");
    Pt2Writer.write(Pt2Reader.read(M5), rewritten);

    PythonPeer.Verdict verdict = peer.run("check_pt2.py", List.of(rewritten.toString()));

    assertThat(verdict.exitCode()).as(verdict.said()).isZero();
    assertThat(verdict.said()).contains("\"labels\": 35");
  }
}
