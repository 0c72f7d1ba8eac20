package dev.octet.ir.shape;

import java.util.List;

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
        "com.microsoft:BiasAdd",
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
    if (context.node().opType().equals("Neg")) {
      return context
          .dataType(0)
          .flatMap(
              type ->
                  context
                      .integers(0)
                      .flatMap(
                          zero ->
                              KnownIntegers.scalar(DimExpression.of(-1))
                                  .combine(zero, DimExpression::times)
                                  .map(negated -> ShapeOutcome.of(type, reshaped(negated, zero)))))
          .map(ShapeOutcome.class::cast)
          .orElseGet(() -> ShapeOutcome.of(context.same(0)));
    }
    ShapeOutcome.Output output = context.same(0);
    if (output == null) {
      return ShapeOutcome.unknown("nothing is known about its input");
    }
    boolean keepsElements = context.node().is("Identity") || context.node().is("Abs");
    return ShapeOutcome.of(keepsElements ? output : ShapeOutcome.Output.of(output.type()));
  }

  private static KnownIntegers reshaped(KnownIntegers values, KnownIntegers like) {
    return new KnownIntegers(values.elements(), like.scalar());
  }
}
