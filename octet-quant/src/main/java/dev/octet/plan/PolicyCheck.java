package dev.octet.plan;

import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.numeric.Symmetry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What cannot work about a policy, seen alone.
final class PolicyCheck {
  private PolicyCheck() {}

  /// One sentence for each mistake, with what to do instead.
  static List<String> mistakes(Policy policy) {
    List<String> found = new ArrayList<>();
    types(policy, found);
    symmetries(policy, found);
    numbers(policy, found);
    if (policy.stated() != null) {
      stated(policy.stated(), policy, found);
    }
    if (policy.conversions() != null) {
      policy.conversions().forEach(conversion -> conversion(conversion, policy, found));
      long forAll = policy.conversions().stream().filter(c -> c.readers().isEmpty()).count();
      if (forAll > 0 && policy.conversions().size() > 1) {
        found.add("a conversion for every reader leaves nothing to another; name the readers");
      }
    }
    return found;
  }

  /// What a policy says that can only be said of a tensor, one sentence each.
  static List<String> forTensorsOnly(Policy policy) {
    List<String> found = new ArrayList<>();
    if (policy.stated() != null) {
      found.add("a range or scale can be stated for a tensor only");
    }
    if (policy.axis() != null) {
      found.add("an axis can be stated for a tensor only");
    }
    if (policy.conversions() != null) {
      found.add("a conversion can be asked for a tensor only");
    }
    return found;
  }

  private static void types(Policy policy, List<String> found) {
    QuantType activations = policy.activationType();
    QuantType weights = policy.weightType();
    if (activations == QuantType.INT32 || weights == QuantType.INT32) {
      found.add("INT32 is the type of biases only; use INT8 or INT16");
    }
    if (activations == QuantType.INT8 && weights == QuantType.UINT8) {
      found.add("INT8 activations with UINT8 weights have no kernel; use INT8 weights");
    }
    if (activations != null && weights != null && activations.isFloat() != weights.isFloat()) {
      found.add(
          activations
              + " activations with "
              + weights
              + " weights have no kernel; use FLOAT8E4M3FN for both or for neither");
    }
    if (policy.granularity() instanceof WeightGranularity.PerBlock
        && isByteInteger(activations)
        && isByteInteger(weights)) {
      found.add(
          weights
              + " weights in blocks with "
              + activations
              + " activations: ONNX Runtime's optimizer takes them for weights with one scale and"
              + " fails; use 4-bit weights, scales per channel, or 16-bit activations");
    }
    if (activations != null && activations.bits() == 4 && isByteInteger(weights)) {
      found.add(
          activations
              + " activations with "
              + weights
              + " weights: ONNX Runtime's optimizer takes the codes for 8-bit ones and fails; use"
              + " 8-bit activations, or weights that are not 8-bit");
    }
    if (weights == QuantType.FLOAT8E4M3FN && policy.span() == CodeSpan.REDUCED) {
      found.add("FLOAT8E4M3FN has no reduced range; ask for the full one");
    }
  }

  private static boolean isByteInteger(@Nullable QuantType type) {
    return type == QuantType.UINT8 || type == QuantType.INT8;
  }

  private static void symmetries(Policy policy, List<String> found) {
    if (policy.activationSymmetry() == Symmetry.RESTRICTED
        && policy.activationType() != null
        && policy.activationType() != QuantType.UINT8) {
      found.add("restricted zero points are for UINT8 activations only");
    }
    if (policy.weightSymmetry() == Symmetry.RESTRICTED) {
      found.add("weights can be symmetric or asymmetric, not restricted");
    }
  }

  private static void numbers(Policy policy, List<String> found) {
    Double minimum = policy.minimumRealRange();
    if (minimum != null && !(minimum >= 0 && minimum < 1e30)) {
      found.add("the minimum real range must be 0 or a positive number, not " + minimum);
    }
    if (policy.granularity() instanceof WeightGranularity.PerBlock(int size) && size < 1) {
      found.add("a block holds at least one number, not " + size);
    }
  }

  private static void stated(StatedGrid stated, Policy policy, List<String> found) {
    if (stated.count() == 0) {
      found.add("a stated grid needs at least one range or scale");
    }
    if (stated instanceof StatedGrid.Scales(List<ScaleChoice> grids)) {
      for (ScaleChoice grid : grids) {
        // The type of a tensor depends on what reads it: it must fit one of the two.
        if (!fits(grid, policy.activationType()) && !fits(grid, policy.weightType())) {
          found.add("zero point " + grid.zeroPoint() + " is no code of its type");
          return;
        }
      }
    }
  }

  private static void conversion(TypeConversion conversion, Policy policy, List<String> found) {
    if (conversion.type() == policy.activationType()) {
      found.add("it is stored as " + conversion.type() + " already: converting changes nothing");
    }
    if (conversion.type() == QuantType.INT32) {
      found.add("nothing can be converted to INT32, the type of biases");
    }
    if (conversion.symmetry() == Symmetry.RESTRICTED && conversion.type() != QuantType.UINT8) {
      found.add("restricted zero points are for UINT8 activations only");
    }
    if (conversion.stated() != null && conversion.stated().count() != 1) {
      found.add("a conversion has one range or scale, not " + conversion.stated().count());
    }
    if (conversion.stated() instanceof StatedGrid.Scales(List<ScaleChoice> grids)
        && grids.stream().anyMatch(grid -> !fits(grid, conversion.type()))) {
      found.add("the conversion's zero point is no code of " + conversion.type());
    }
  }

  private static boolean fits(ScaleChoice grid, @Nullable QuantType type) {
    if (type == null) {
      return true;
    }
    return type.isFloat()
        ? grid.zeroPoint() == 0
        : grid.zeroPoint() >= type.qmin() && grid.zeroPoint() <= type.qmax();
  }
}
