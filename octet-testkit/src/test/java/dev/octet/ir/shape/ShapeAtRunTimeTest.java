package dev.octet.ir.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.Model;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.io.ModelReader;
import dev.octet.testkit.OnnxRuntimeOracle;
import dev.octet.testkit.RandomTensors;
import dev.octet.testkit.SharedData;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is inferred, against what ONNX Runtime computes: at every tensor of every real model, on
/// two sizes of the symbolic dimensions.
class ShapeAtRunTimeTest {

  static Stream<Path> models() {
    return SharedData.onnxModels().stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyTensorHasTheTypeAndShapeInferred(Path file) {
    Model model = ModelReader.read(file);
    ShapeReport report = ShapeInference.infer(model);
    assertThat(report.contradictions()).isEmpty();
    assertThat(report.gaps()).isEmpty();
    assertThat(report.isComplete()).as(report.toString()).isTrue();
    Model exposed = exposed(model);
    for (long size : new long[] {1, 3}) {
      // Every model here has at most one symbol, its batch.
      Map<String, Long> sizes = Map.of("N", size, "batch", size, "batch_size", size);
      Map<String, Tensor> results =
          OnnxRuntimeOracle.run(exposed, RandomTensors.inputsOf(model, 7, sizes));
      assertThat(results).hasSizeGreaterThanOrEqualTo(model.graph().nodeCount());
      for (Value value : model.graph().values()) {
        Tensor result = results.get(value.name());
        if (result != null) {
          compare(value, result, sizes);
        }
      }
    }
  }

  /// A copy that yields every computed value, without a word about types.
  private static Model exposed(Model model) {
    Model copy = model.copy();
    copy.edit(
        editor -> {
          for (Value value : copy.graph().values()) {
            if (value.producer().isPresent()) {
              editor.setType(value, null);
              if (!value.isGraphOutput()) {
                editor.addOutput(copy.graph(), value);
              }
            }
          }
        });
    return copy;
  }

  private static void compare(Value value, Tensor result, Map<String, Long> sizes) {
    assertThat(value.dataType()).as(value.name()).contains(result.dataType());
    Shape shape = value.shape().orElseThrow(() -> new AssertionError("no shape for " + value));
    List<Long> inferred =
        shape.dims().stream()
            .map(
                dim ->
                    DimExpression.of(dim)
                        .map(expression -> expression.evaluate(sizes).orElseThrow())
                        .orElseThrow(() -> new AssertionError(value + " is " + shape)))
            .toList();
    assertThat(inferred).as(value.name() + shape).isEqualTo(result.dims());
  }
}
