package dev.octet.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.io.ExternalData;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.OnnxText;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /// A link goes on being one, and model and data lie together where it leads, there yet or not.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void dataLiesBesideWhatALinkLeadsTo(boolean exists) throws IOException {
    Path deep = Files.createDirectory(folder.resolve("deep"));
    Path real = deep.resolve("real.onnx");
    if (exists) {
      Files.writeString(real, "old");
    }
    Path link = Files.createSymbolicLink(folder.resolve("link.onnx"), Path.of("deep/real.onnx"));
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            g (float[N,3] x) => (float[N,3] y)
            <float[3,3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9}> { y = MatMul (x, w) }
            """);

    OnnxOutput.write(
        model, link, OnnxOutput.Proof.OPENS, Optional.of(new ExternalData("weights", 1)));

    assertThat(link).isSymbolicLink();
    assertThat(inFolder()).containsExactlyInAnyOrder(deep, link);
    assertThat(deep.resolve("weights")).isRegularFile();
    for (Path each : new Path[] {link, real}) {
      assertThat(OnnxText.print(ModelReader.read(each))).isEqualTo(OnnxText.print(model));
      InferenceSession.open(each, SessionOptions.UNCHANGED).close();
    }
  }

  @Test
  void linksInACircleAreNamed() throws IOException {
    Path link = folder.resolve("a.onnx");
    Files.createSymbolicLink(link, folder.resolve("b.onnx"));
    Files.createSymbolicLink(folder.resolve("b.onnx"), link);
    assertThatThrownBy(() -> OnnxOutput.write(GOOD, link, OnnxOutput.Proof.OPENS))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("a.onnx");
  }

  private Path[] inFolder() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toArray(Path[]::new);
    }
  }
}
