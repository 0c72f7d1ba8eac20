package dev.octet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.data.RandomSamples;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.io.TensorPlacement;
import dev.octet.runtime.TensorSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a model too large to be copied after every pass is checked: file against file.
class PrepareCheckTest {
  private static final String SCALED =
      "g (float[N,2] x) => (float[N,2] y) <float[2] w = {%s}> { m = Mul (x, w)\n y = Relu (m) }";

  @TempDir private Path folder;
  private Path original;

  @BeforeEach
  void write() {
    original = write("original.onnx", SCALED.formatted("1, 2"));
  }

  @Test
  void filesThatComputeTheSamePass() {
    Path draft =
        write(
            "draft.onnx",
            "g (float[N,2] x) => (float[N,2] y) <float[2] w = {1, 2}> {"
                + " m = Mul (w, x)\n r = Relu (m)\n y = Identity (r) }");
    assertThat(whole(original).objection(draft)).isEmpty();
  }

  @Test
  void aDraftThatComputesSomethingElseIsObjectedTo() {
    Path draft = write("draft.onnx", SCALED.formatted("1, 3"));
    assertThat(whole(original).objection(draft).orElseThrow()).contains("output 'y'", "differ");
    assertThat(whole(original).refusal()).isEmpty();
  }

  @Test
  void anOriginalThatTakesNoMadeUpInputsIsToldApart() {
    Path model =
        write("picky.onnx", "g (float[N,2] x) => (y) <int64[1] s = {5}> { y = Reshape (x, s) }");
    assertThat(whole(model).objection(model)).isPresent();
    assertThat(whole(model).refusal()).isPresent();
  }

  private PrepareCheck.AsAWhole whole(Path model) {
    return new PrepareCheck.AsAWhole(
        model,
        RandomSamples.of(
            TensorSpec.inputsOf(ModelFile.readOnnx(model).model()),
            PrepareCheck.SIZE,
            PrepareCheck.SEED));
  }

  private Path write(String name, String text) {
    Path file = folder.resolve(name);
    ModelWriter.write(OnnxText.parse(text), file, TensorPlacement.BESIDE_MODEL);
    return file;
  }
}
