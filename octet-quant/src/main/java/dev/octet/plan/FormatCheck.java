package dev.octet.plan;

import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What cannot work about a policy in a given format.
final class FormatCheck {
  private FormatCheck() {}

  /// One sentence for each mistake, with what to do instead.
  static List<String> mistakes(OutputFormat format, Policy policy) {
    return switch (format) {
      case QDQ -> List.of();
      case QOPERATOR -> integerOperators(policy);
      case DYNAMIC -> dynamic(policy);
    };
  }

  private static List<String> integerOperators(Policy policy) {
    List<String> found = new ArrayList<>();
    eightBits(policy.activationType(), "activations", OutputFormat.QOPERATOR, found);
    eightBits(policy.weightType(), "weights", OutputFormat.QOPERATOR, found);
    blocks(policy, OutputFormat.QOPERATOR, found);
    if (policy.biases() == BiasForm.FLOAT) {
      found.add("integer operators add biases as codes; leave them so, or use format QDQ");
    }
    if (policy.conversions() != null) {
      policy
          .conversions()
          .forEach(c -> eightBits(c.type(), "conversions", OutputFormat.QOPERATOR, found));
    }
    return found;
  }

  private static List<String> dynamic(Policy policy) {
    List<String> found = new ArrayList<>();
    if (policy.activationType() != null && policy.activationType() != QuantType.UINT8) {
      found.add(
          "activations quantized while the model runs are UINT8, not "
              + policy.activationType()
              + "; leave their type alone, or use format QDQ");
    }
    if (policy.activationSymmetry() != null && policy.activationSymmetry() != Symmetry.ASYMMETRIC) {
      found.add(
          "activations quantized while the model runs are asymmetric; leave their symmetry alone,"
              + " or use format QDQ");
    }
    eightBits(policy.weightType(), "weights", OutputFormat.DYNAMIC, found);
    blocks(policy, OutputFormat.DYNAMIC, found);
    if (policy.conversions() != null && !policy.conversions().isEmpty()) {
      found.add("nothing is stored before the model runs that could be converted; use format QDQ");
    }
    return found;
  }

  private static void eightBits(
      @Nullable QuantType type, String what, OutputFormat format, List<String> found) {
    if (type != null && type != QuantType.UINT8 && type != QuantType.INT8) {
      found.add(
          "%s in format %s can be UINT8 or INT8, not %s; use one of these, or format QDQ"
              .formatted(what, format, type));
    }
  }

  private static void blocks(Policy policy, OutputFormat format, List<String> found) {
    if (policy.granularity() instanceof WeightGranularity.PerBlock) {
      found.add(
          "no operator of format "
              + format
              + " takes scales per block; use scales per channel, or format QDQ");
    }
  }
}
