package dev.octet.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.OnnxText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model is opened in ONNX Runtime before it takes the place of what was there.
class OnnxOutputTest {
  private static final Model GOOD =
      OnnxText.parse(
          """
          <ir_version: 8, opset_import: ["" : 17]>
          good (float[N,2] x) => (float[N,2] y) { y = Relu (x) }
          """);

  /// Well formed, but there is no kernel for it.
  private static final Model UNKNOWN =
      OnnxText.parse(
          """
          <ir_version: 8, opset_import: ["" : 17, "nobody" : 1]>
          unknown (float[N,2] x) => (float[N,2] y) { y = nobody.Guess (x) }
          """);

  @TempDir private Path folder;

  @Test
  void whatDoesNotOpenReplacesNothing() throws IOException {
    Path target = folder.resolve("model.onnx");
    OnnxOutput.write(GOOD, target, OnnxOutput.Proof.OPENS);
    byte[] before = Files.readAllBytes(target);

    assertThatThrownBy(() -> OnnxOutput.write(UNKNOWN, target, OnnxOutput.Proof.OPENS))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("model.onnx")
        .hasMessageContaining("ONNX Runtime would not open it")
        .hasMessageContaining("Guess");
    assertThat(target).hasBinaryContent(before);
    assertThat(inFolder()).containsExactly(target);
  }

  @Test
  void whatDoesNotOpenLeavesNoFile() throws IOException {
    Path target = folder.resolve("new.onnx");
    assertThatThrownBy(() -> OnnxOutput.write(UNKNOWN, target, OnnxOutput.Proof.OPENS))
        .isInstanceOf(OctetException.class);
    assertThat(inFolder()).isEmpty();
  }

  @Test
  void whatOpensTakesThePlace() throws IOException {
    Path target = Files.writeString(folder.resolve("model.onnx"), "no model at all");
    OnnxOutput.write(GOOD, target, OnnxOutput.Proof.OPENS);
    assertThat(ModelReader.read(target).graph().nodeCount()).isEqualTo(1);
    assertThat(inFolder()).containsExactly(target);
  }

  private Path[] inFolder() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toArray(Path[]::new);
    }
  }
}
