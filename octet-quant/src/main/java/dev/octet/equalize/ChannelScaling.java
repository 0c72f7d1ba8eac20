package dev.octet.equalize;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.Value;

/// Multiplies slices of a layer's weight and bias.
final class ChannelScaling {
  private ChannelScaling() {}

  /// Axis of a Gemm's weight that counts its results.
  static int outputAxis(Node gemm) {
    return gemm.intAttribute("transB", 0) == 0 ? 1 : 0;
  }

  /// Axis of a Conv's, Gemm's or MatMul's weight that counts what it reads.
  static int inputAxis(Node node) {
    if (node.is("Conv")) {
      return 1;
    }
    return node.intAttribute("transB", 0) == 0 ? 0 : 1;
  }

  /// Multiplies what `node` computes, channel by channel.
  static void scaleResults(GraphEditor editor, Node node, float[] factors) {
    scale(editor, node, 1, node.is("Conv") ? 0 : outputAxis(node), factors);
    node.input(2)
        .flatMap(Value::initializer)
        .ifPresent(bias -> scale(editor, node, 2, bias.dims().size() - 1, factors));
  }

  /// Multiplies how strongly `node` weighs what it reads, channel by channel.
  static void scaleReading(GraphEditor editor, Node node, float[] factors) {
    scale(editor, node, 1, inputAxis(node), factors);
  }

  private static void scale(GraphEditor editor, Node node, int input, int axis, float[] factors) {
    Value value = node.input(input).orElseThrow();
    DenseTensor tensor = (DenseTensor) value.initializer().orElseThrow();
    long[] dims = tensor.dims().stream().mapToLong(Long::longValue).toArray();
    float[] data = tensor.toFloatArray();
    int inner = 1;
    for (int i = axis + 1; i < dims.length; i++) {
      inner = Math.multiplyExact(inner, Math.toIntExact(dims[i]));
    }
    for (int i = 0; i < data.length; i++) {
      data[i] *= factors[i / inner % factors.length];
    }
    editor.setInitializer(node.graph(), value, DenseTensor.ofFloats(data, dims), OpaqueFields.NONE);
  }
}
