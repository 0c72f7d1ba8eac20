package dev.octet.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What a scheme needs of the model's opset, where ONNX Runtime's own operators are no way out.
///
/// @param opset the least opset
/// @param what what needs it, with its verb
/// @param hint what else can be done
record OpsetNeed(int opset, String what, String hint) {

  /// Everything a scheme needs, most demanding first.
  static List<OpsetNeed> of(QuantizationScheme scheme) {
    List<OpsetNeed> needs = new ArrayList<>();
    if (any(scheme, policy -> policy.granularity() instanceof WeightGranularity.PerBlock)) {
      needs.add(
          new OpsetNeed(
              21,
              "scales per block need",
              "convert the model to opset 21, or ask for scales per channel"));
    }
    if (any(scheme, OpsetNeed::hasFloat8)) {
      needs.add(
          new OpsetNeed(
              19, "float8 codes need", "convert the model to opset 19, or ask for INT8 codes"));
    }
    // Integer products take scales per channel as they come; `DequantizeLinear` needs an axis.
    if (scheme.format() != OutputFormat.DYNAMIC
        && any(scheme, policy -> policy.granularity() instanceof WeightGranularity.PerChannel)) {
      needs.add(
          new OpsetNeed(
              13,
              "scales per channel need",
              "convert the model to a newer opset, or ask for scales per tensor"));
    }
    if (needs.isEmpty()) {
      needs.add(new OpsetNeed(10, "quantization needs", "convert the model to a newer opset"));
    }
    return needs;
  }

  private static boolean hasFloat8(Policy policy) {
    return (policy.activationType() != null && policy.activationType().isFloat())
        || (policy.weightType() != null && policy.weightType().isFloat());
  }

  private static boolean any(QuantizationScheme scheme, Predicate<Policy> test) {
    return Stream.concat(
            Stream.of(scheme.defaults()), scheme.layers().stream().map(layer -> layer.policy()))
        .anyMatch(test);
  }
}
