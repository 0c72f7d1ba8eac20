package dev.octet.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// How models too large for memory get to ONNX Runtime: by files that are gone once it has them.
class TemporaryModelTest {
  @Test
  void whatIsOpenedFromItOutlivesIt() {
    Model model = OnnxText.parse("g (float[1] x) => (y) <float[1] one = {1}> { y = Add (x, one) }");
    float[] numbers = new float[4096];
    Arrays.fill(numbers, 2);
    model.edit(
        editor ->
            editor.replaceAllUses(
                model.graph().initializers().getFirst(),
                editor.addInitializer(model.graph(), "w", DenseTensor.ofFloats(numbers, 4096))));
    Path file;
    InferenceSession session;
    try (TemporaryModel temporary = TemporaryModel.of(model)) {
      file = temporary.file();
      assertThat(file.resolveSibling("model.onnx.data")).exists();
      session = InferenceSession.open(file, SessionOptions.UNCHANGED);
    }
    assertThat(file.getParent()).doesNotExist();
    try (session) {
      DenseTensor result =
          (DenseTensor)
              Objects.requireNonNull(
                  session.run(Map.of("x", DenseTensor.ofFloats(new float[] {3}, 1))).get("y"));
      assertThat(result.toFloatArray()).hasSize(4096).containsOnly(5f);
    }
  }
}
