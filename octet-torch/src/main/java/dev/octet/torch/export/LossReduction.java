package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;

/// What becomes of the losses of single elements, in PyTorch's numbering.
enum LossReduction {
  NONE("none"),
  MEAN("mean"),
  SUM("sum");

  private final String onnxName;

  LossReduction(String onnxName) {
    this.onnxName = onnxName;
  }

  /// The one a call asks for.
  static LossReduction of(Call call) {
    long number = call.integer("reduction");
    if (number < 0 || number >= values().length) {
      throw new UnsupportedArgument("reduction " + number);
    }
    return values()[(int) number];
  }

  /// What the attribute `reduction` of ONNX's losses calls it.
  String onnxName() {
    return onnxName;
  }

  /// The losses taken together.
  Value of(OnnxNodes onnx, Value losses) {
    return switch (this) {
      case NONE -> losses;
      case MEAN -> whole(onnx, "ReduceMean", losses);
      case SUM -> whole(onnx, "ReduceSum", losses);
    };
  }

  private static Value whole(OnnxNodes onnx, String op, Value losses) {
    return onnx.add(NodeSpec.of(op).inputs(losses).attribute("keepdims", 0));
  }
}
