package dev.octet.ir.shape;

import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Operators whose one output has input 0's type and shape: activations, unary arithmetic,
/// normalizations with one output, scans along an axis.
final class SameShapeRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "Abs",
        "Acos",
        "Acosh",
        "Asin",
        "Asinh",
        "Atan",
        "Atanh",
        "BitwiseNot",
        "Ceil",
        "Celu",
        "Clip",
        "Cos",
        "Cosh",
        "CumSum",
        "Elu",
        "Erf",
        "Exp",
        "Floor",
        "Gelu",
        "GroupNormalization",
        "HardSigmoid",
        "HardSwish",
        "Hardmax",
        "Identity",
        "InstanceNormalization",
        "LRN",
        "LeakyRelu",
        "Log",
        "LogSoftmax",
        "LpNormalization",
        "MeanVarianceNormalization",
        "Mish",
        "Neg",
        "Not",
        "PRelu",
        "Reciprocal",
        "Relu",
        "ReverseSequence",
        "RMSNormalization",
        "RotaryEmbedding",
        "Round",
        "ScatterElements",
        "ScatterND",
        "Scatter",
        "Selu",
        "Shrink",
        "Sigmoid",
        "Sign",
        "Sin",
        "Sinh",
        "Softmax",
        "Softplus",
        "Softsign",
        "Sqrt",
        "Swish",
        "Tan",
        "Tanh",
        "TensorScatter",
        "ThresholdedRelu",
        "Trilu",
        "ImageScaler",
        "ParametricSoftplus",
        "ScaledTanh",
        "Affine",
        "ai.onnx.ml:Normalizer",
        "ai.onnx.ml:Scaler",
        "ai.onnx.ml:Imputer",
        "MemcpyFromHost",
        "MemcpyToHost",
        "com.microsoft:AllReduce",
        "com.microsoft:BiasAdd",
        "com.microsoft:MoE",
        "com.microsoft:BiasGelu",
        "com.microsoft:BiasSoftmax",
        "com.microsoft:FastGelu",
        "com.microsoft:Gelu",
        "com.microsoft:GroupNorm",
        "com.microsoft:QLinearLeakyRelu",
        "com.microsoft:QLinearSigmoid",
        "com.microsoft:QLinearSoftmax",
        "com.microsoft:QuickGelu",
        "com.microsoft:Rfft",
        "com.microsoft:RotaryEmbedding",
        "com.microsoft:Trilu");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Output output = context.same(0);
    if (output == null) {
      return ShapeOutcome.unknown("nothing is known about its input");
    }
    KnownIntegers elements = output.integers();
    KnownIntegers computed = elements == null ? null : computed(context.node().opType(), elements);
    return ShapeOutcome.of(new Output(output.type(), computed, null));
  }

  private static @Nullable KnownIntegers computed(String op, KnownIntegers elements) {
    return switch (op) {
      case "Identity" -> elements;
      case "Neg" -> elements.map(element -> element == null ? null : element.times(-1));
      case "Not" ->
          elements.map(element -> element == null ? null : DimExpression.of(1).minus(element));
      case "Abs" -> elements.map(SameShapeRule::magnitude);
      case "Sign" -> elements.map(SameShapeRule::sign);
      default -> null;
    };
  }

  private static @Nullable DimExpression magnitude(@Nullable DimExpression element) {
    return element == null || element.value().isEmpty()
        ? null
        : DimExpression.of(Math.abs(element.value().getAsLong()));
  }

  private static @Nullable DimExpression sign(@Nullable DimExpression element) {
    return element == null || element.value().isEmpty()
        ? null
        : DimExpression.of(Long.signum(element.value().getAsLong()));
  }
}
