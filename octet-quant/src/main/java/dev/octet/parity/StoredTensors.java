package dev.octet.parity;

import dev.octet.numeric.QuantParams;
import dev.octet.plan.TensorPlan;
import dev.octet.stats.Range;

/// What tensor plans say about scales and ranges.
final class StoredTensors {
  private StoredTensors() {}

  static QuantParams params(TensorPlan plan) {
    return switch (plan) {
      case TensorPlan.Activation activation -> activation.params();
      case TensorPlan.Dequantized dequantized -> dequantized.params();
      case TensorPlan.Conversion conversion -> conversion.params();
      case TensorPlan.Weight weight -> weight.params();
      case TensorPlan.Bias bias -> throw noScaleOfItsOwn(plan);
      case TensorPlan.Dynamic dynamic -> throw noScaleOfItsOwn(plan);
    };
  }

  static Range range(TensorPlan plan) {
    return switch (plan) {
      case TensorPlan.Activation activation -> activation.range();
      case TensorPlan.Dequantized dequantized -> dequantized.range();
      case TensorPlan.Conversion conversion -> conversion.range();
      case TensorPlan.Weight weight -> TensorPlan.reach(weight.params());
      case TensorPlan.Bias bias -> throw noScaleOfItsOwn(plan);
      case TensorPlan.Dynamic dynamic -> throw noScaleOfItsOwn(plan);
    };
  }

  private static IllegalStateException noScaleOfItsOwn(TensorPlan plan) {
    return new IllegalStateException("'" + plan.key() + "' has no scale of its own");
  }
}
