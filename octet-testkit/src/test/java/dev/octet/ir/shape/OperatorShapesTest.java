package dev.octet.ir.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.OnnxText;
import dev.octet.testkit.OnnxRuntimeOracle;
import dev.octet.testkit.RandomTensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each operator alone: what is inferred for its outputs against what ONNX Runtime computes, on two
/// sizes of the symbolic dimensions. Cases are in `operator-shapes.txt`.
class OperatorShapesTest {

  /// One line of the case file.
  ///
  /// @param opset version of the default domain
  /// @param inputs graph inputs in ONNX text; dimensions `N` and `T` are symbolic
  /// @param constants initializers in ONNX text
  /// @param nodes nodes in ONNX text
  /// @param outputs names of the outputs checked
  record Case(int opset, String inputs, String constants, String nodes, String outputs) {
    String text() {
      return """
      <ir_version: 10, opset_import: ["" : %d, "com.microsoft" : 1]>
      g (%s) => (%s) <%s> { %s }
      """
          .formatted(opset, inputs, outputs, constants, nodes);
    }

    @Override
    public String toString() {
      return opset + ": " + nodes;
    }
  }

  static Stream<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    int opset = 17;
    for (String line : lines()) {
      if (line.startsWith("opset ")) {
        opset = Integer.parseInt(line.substring("opset ".length()).strip());
      } else if (!line.isBlank() && !line.startsWith("#")) {
        String[] parts = line.split("\\|", -1);
        String outputs = parts.length > 3 ? parts[3].strip() : "y";
        cases.add(new Case(opset, parts[0].strip(), parts[1].strip(), parts[2].strip(), outputs));
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheRuntime(Case one) {
    Model model = OnnxText.parse(one.text());
    Model inferred = model.copy();
    ShapeReport report = ShapeInference.infer(inferred);
    assertThat(report.contradictions()).isEmpty();
    for (long size : new long[] {2, 5}) {
      Map<String, Long> sizes = Map.of("N", size, "T", size + 6);
      Map<String, Tensor> results =
          OnnxRuntimeOracle.run(model, RandomTensors.inputsOf(model, 3, sizes));
      for (Value output : inferred.graph().outputs()) {
        Tensor result = Objects.requireNonNull(results.get(output.name()));
        compare(output, result, sizes, report);
      }
    }
  }

  /// Whatever is wrong with a model, inference reports it and goes on.
  @ParameterizedTest
  @MethodSource("cases")
  void survivesInputsThatMakeNoSense(Case one) {
    for (@Nullable Shape shape :
        new @Nullable Shape[] {
          null,
          Shape.of(),
          Shape.of(0),
          Shape.of(2, 3),
          Shape.of(1, 2, 3, 4, 5),
          Shape.of(List.of(Dim.of("A"), Dim.unknown(), Dim.of("floor(B/C)"))),
        }) {
      for (DataType type : new DataType[] {DataType.FLOAT, DataType.INT64, DataType.STRING}) {
        Model model = OnnxText.parse(one.text());
        model.edit(
            editor ->
                model.graph().inputs().stream()
                    .filter(input -> input.initializer().isEmpty())
                    .forEach(input -> editor.setType(input, ValueType.tensor(type, shape))));
        ShapeReport report = ShapeInference.infer(model);
        assertThat(report.shaped()).isLessThanOrEqualTo(report.values());
      }
    }
  }

  private static void compare(
      Value output, Tensor result, Map<String, Long> sizes, ShapeReport report) {
    assertThat(output.dataType()).as(report.toString()).contains(result.dataType());
    Shape shape =
        output.shape().orElseThrow(() -> new AssertionError("no shape inferred: " + report));
    assertThat(shape.rank()).as(shape + " for " + result.dims()).isEqualTo(result.dims().size());
    for (int i = 0; i < shape.rank(); i++) {
      Dim dim = shape.dim(i);
      if (dim instanceof Dim.Symbol(String name) && name.startsWith("unk.")) {
        continue;
      }
      DimExpression expression =
          DimExpression.of(dim).orElseThrow(() -> new AssertionError("unknown in " + shape));
      assertThat(expression.evaluate(sizes))
          .as(shape + " for " + result.dims() + " at " + sizes)
          .hasValue(result.dims().get(i));
    }
  }

  private static List<String> lines() throws IOException {
    try (InputStream stream = OperatorShapesTest.class.getResourceAsStream("operator-shapes.txt")) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    }
  }
}
