package dev.octet.inspect;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.plan.FoldedConstants;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Weights of products of codes whose activations are quantized while the model runs. Their scale
/// is not beside the codes: it is multiplied with the activation's, and the result with the
/// product, after a `Cast`.
final class DynamicWeights {
  private static final int CODES = 1;
  private static final int ZERO_POINT = 3;

  private DynamicWeights() {}

  /// The weight of a `MatMulInteger` or `ConvInteger`.
  static Optional<Constants.Found> ofProduct(Node node) {
    int axis = node.opType().equals("ConvInteger") ? 0 : -1;
    return scale(node)
        .flatMap(
            scale ->
                Constants.codes(
                    node.input(CODES), Optional.of(scale), node.input(ZERO_POINT), axis));
  }

  /// The weight of a `DynamicQuantizeLSTM`, gates first as `LSTM` has it.
  static Optional<Constants.Found> ofRecurrence(Node node) {
    Optional<DenseTensor> codes = node.input(1).flatMap(FoldedConstants::of);
    Optional<DenseTensor> scales = node.input(8).flatMap(FoldedConstants::of);
    Optional<DenseTensor> zeros = node.input(9).flatMap(FoldedConstants::of);
    if (codes.isEmpty() || scales.isEmpty() || zeros.isEmpty()) {
      return Optional.empty();
    }
    int[] zeroPoints = new int[Math.toIntExact(scales.get().elementCount())];
    for (int i = 0; i < zeroPoints.length; i++) {
      zeroPoints[i] = (int) zeros.get().longAt(i);
    }
    long inputs = codes.get().dims().get(1);
    Granularity granularity =
        scales.get().dims().size() == 1
            ? Granularity.perChannel(0)
            : Granularity.perBlock(1, Math.max(1, Math.toIntExact(inputs)));
    QuantType type = codes.get().dataType() == DataType.UINT8 ? QuantType.UINT8 : QuantType.INT8;
    QuantParams params =
        new QuantParams(type, granularity, Constants.floats(scales.get()), zeroPoints);
    return Optional.of(
        new Constants.Found(
            node.input(1).orElseThrow(),
            codes.get(),
            Optional.of(params),
            List.of(
                codes.get().dims().get(0), codes.get().dims().get(2), codes.get().dims().get(1)),
            Optional.of(new int[] {0, 2, 1})));
  }

  /// Whether a node brings a product of codes back to real numbers.
  static boolean isRescaling(Node node) {
    return node.is("Mul")
        && node.input(0)
            .flatMap(Value::producer)
            .filter(DynamicWeights::isCastOfProduct)
            .isPresent();
  }

  /// Whether a node multiplies a scale of the moment with that of a weight.
  static boolean isScaleProduct(Node node) {
    return node.is("Mul")
        && node.inputs().stream()
            .filter(Objects::nonNull)
            .anyMatch(
                value ->
                    value
                        .producer()
                        .filter(
                            p -> p.is("DynamicQuantizeLinear") && p.outputs().indexOf(value) == 1)
                        .isPresent());
  }

  private static boolean isCastOfProduct(Node node) {
    return node.is("Cast")
        && node.input(0)
            .flatMap(Value::producer)
            .filter(p -> p.is("MatMulInteger") || p.is("ConvInteger"))
            .isPresent();
  }

  private static Optional<Value> scale(Node product) {
    return loneReader(product)
        .filter(node -> node.is("Cast"))
        .flatMap(DynamicWeights::loneReader)
        .filter(node -> node.is("Mul"))
        .flatMap(node -> node.input(1))
        .flatMap(Value::producer)
        .filter(node -> node.is("Mul"))
        .flatMap(
            node ->
                node.inputs().stream()
                    .filter(value -> value != null && FoldedConstants.of(value).isPresent())
                    .findFirst());
  }

  private static Optional<Node> loneReader(Node node) {
    return node.output(0).uses().size() == 1
        ? node.output(0).uses().stream().map(Use::node).findFirst()
        : Optional.empty();
  }
}
