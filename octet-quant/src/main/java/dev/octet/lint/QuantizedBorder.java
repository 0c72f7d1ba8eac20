package dev.octet.lint;

import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where floats become codes and codes become floats.
final class QuantizedBorder {
  private QuantizedBorder() {}

  /// Whether a value is computed from codes: an activation that is dequantized right here.
  static boolean comesFromCodes(Value value) {
    return value
        .producer()
        .filter(node -> node.opType().equals("DequantizeLinear"))
        .filter(node -> LintSubject.constant(node, 0).isEmpty() && !isStoredFloat(node))
        .isPresent();
  }

  /// Whether a value is a constant that is stored as codes, or put on a grid in every run.
  static boolean isConstantFromCodes(Value value) {
    return value
        .producer()
        .filter(node -> node.opType().equals("DequantizeLinear"))
        .filter(node -> LintSubject.constant(node, 0).isPresent() || isStoredFloat(node))
        .isPresent();
  }

  /// Whether everything that reads a value turns it into codes.
  static boolean goesToCodes(Value value) {
    return !value.isGraphOutput()
        && value.useCount() > 0
        && value.uses().stream().map(Use::node).allMatch(QuantizedBorder::isQuantizer);
  }

  /// Whether a node reads dequantized activations and all its results are quantized.
  static boolean isBetweenCodes(Node node) {
    boolean reads = false;
    for (Value input : node.inputs()) {
      reads |= input != null && comesFromCodes(input);
    }
    boolean gives = true;
    for (Value output : node.outputs()) {
      gives &= output == null || output.isUnused() || goesToCodes(output);
    }
    return reads && gives;
  }

  /// Whether an operator that computes on codes reads what a node's result is quantized to.
  static boolean feedsIntegerKernel(Node node, int opset) {
    return node.outputs().stream()
        .flatMap(QuantizedBorder::readers)
        .filter(QuantizedBorder::isQuantizer)
        .flatMap(quantizer -> readers(quantizer.output(0)))
        .anyMatch(
            reader ->
                reader.opType().equals("DequantizeLinear")
                    ? readers(reader.output(0)).anyMatch(next -> IntegerKernels.has(next, opset))
                    : IntegerKernels.isOnCodes(reader));
  }

  private static Stream<Node> readers(@Nullable Value value) {
    return value == null ? Stream.empty() : value.uses().stream().map(Use::node);
  }

  static boolean isQuantizer(Node node) {
    return node.opType().equals("QuantizeLinear");
  }

  /// Whether a DequantizeLinear reads a float constant through a QuantizeLinear.
  private static boolean isStoredFloat(Node dequantizer) {
    return dequantizer
        .input(0)
        .flatMap(Value::producer)
        .filter(QuantizedBorder::isQuantizer)
        .filter(node -> LintSubject.constant(node, 0).isPresent())
        .isPresent();
  }
}
