package dev.octet.inspect;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.plan.FoldedConstants;
import java.util.Optional;

/// A bias of INT32 codes whose scale is not stored: it is the product of the scales of the data and
/// the weight.
final class IntegerBias {
  private IntegerBias() {}

  static Optional<Constants.Found> find(Node node, IntegerOperands.Bias operand) {
    Optional<DenseTensor> codes = node.input(operand.codes()).flatMap(FoldedConstants::of);
    Optional<DenseTensor> input = node.input(operand.inputScale()).flatMap(FoldedConstants::of);
    Optional<DenseTensor> weight = node.input(operand.weightScale()).flatMap(FoldedConstants::of);
    if (codes.isEmpty() || input.isEmpty() || weight.isEmpty()) {
      return Optional.empty();
    }
    float inputScale = Constants.floats(input.get())[0];
    float[] scales = Constants.floats(weight.get());
    for (int i = 0; i < scales.length; i++) {
      scales[i] *= inputScale;
    }
    Granularity granularity =
        scales.length == 1
            ? Granularity.perTensor()
            : Granularity.perChannel(codes.get().dims().size() - 1);
    QuantParams params =
        new QuantParams(QuantType.INT32, granularity, scales, new int[scales.length]);
    return Optional.of(
        new Constants.Found(
            node.input(operand.codes()).orElseThrow(),
            codes.get(),
            Optional.of(params),
            codes.get().dims(),
            Optional.empty()));
  }
}
