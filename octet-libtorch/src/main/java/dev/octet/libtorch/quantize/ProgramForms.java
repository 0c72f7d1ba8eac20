package dev.octet.libtorch.quantize;

import dev.octet.diagnostic.OctetException;
import dev.octet.numeric.QuantType;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.QuantizationScheme.Layer;
import dev.octet.plan.WeightGranularity;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a rewritten program of PyTorch has a form for: codes of 8 or 16 bits, one scale for a
/// tensor
/// or for a channel, one type for a value. ONNX models can hold more.
public final class ProgramForms {
  private ProgramForms() {}

  /// Refuses what a program cannot say, before any work is done for it.
  ///
  /// @param policy choices for everything
  /// @param layers choices for parts of the program
  /// @throws OctetException (`USAGE`) naming all of it, and what does it instead
  public static void require(Policy policy, List<Layer> layers) {
    Set<String> formless = new LinkedHashSet<>(formless(policy));
    for (Layer layer : layers) {
      formless(layer.policy())
          .forEach(
              what -> formless.add(what + " for " + layer.scope() + " '" + layer.pattern() + "'"));
    }
    if (!formless.isEmpty()) {
      throw OctetException.usage(
          "scheme-not-for-programs",
          "scheme",
          String.join(", ", formless)
              + ": a program of PyTorch has no form for this, only for codes of 8 or 16 bits with a"
              + " scale a tensor or a channel",
          "octet export the program, then octet quantize the model with"
              + options(policy)
              + (formless.size() > formless(policy).size() ? " --overrides FILE" : ""));
    }
  }

  private static List<String> formless(Policy policy) {
    List<String> found = new ArrayList<>();
    if (!hasForm(policy.activationType()) && policy.activationType() == policy.weightType()) {
      // What overrides give a type, they give both.
      found.add("codes of " + policy.activationType());
    } else {
      if (!hasForm(policy.activationType())) {
        found.add(policy.activationType() + " activations");
      }
      if (!hasForm(policy.weightType())) {
        found.add(policy.weightType() + " weights");
      }
    }
    if (policy.granularity() instanceof WeightGranularity.PerBlock blocks) {
      found.add(blocks.toString());
    }
    if (policy.conversions() != null) {
      found.add("a conversion");
    }
    if (policy.axis() != null) {
      found.add("an axis of channels");
    }
    if (policy.stated() != null && policy.stated().count() > 1) {
      found.add("a stated grid for each channel");
    }
    return found;
  }

  private static boolean hasForm(@Nullable QuantType type) {
    return switch (type) {
      case UINT8, INT8, UINT16, INT16 -> true;
      case UINT4, INT4, FLOAT8E4M3FN, INT32 -> false;
      case null -> true;
    };
  }

  /// The options of `octet quantize` for this policy, with types that go together.
  private static String options(Policy policy) {
    Policy asked = together(policy);
    StringBuilder options = new StringBuilder();
    // ONNX Runtime takes no model with convolutions of 4-bit activations either.
    if (asked.activationType() != null && asked.activationType().bits() > 4) {
      options.append(" --activations ").append(label(asked.activationType()));
    }
    if (asked.weightType() != null) {
      options.append(" --weights ").append(label(asked.weightType()));
    }
    if (asked.granularity() instanceof WeightGranularity.PerBlock(int size)) {
      options.append(" --block ").append(size);
    }
    return options.toString();
  }

  /// Codes of 4 bits, of float8 and in blocks do not go with every other type: what is left open
  /// is chosen so that they do.
  private static Policy together(Policy policy) {
    return Stream.of(
            Policy.builder(),
            Policy.builder().weightType(QuantType.INT4),
            Policy.builder().weightType(QuantType.FLOAT8E4M3FN),
            Policy.builder().activationType(QuantType.FLOAT8E4M3FN))
        .map(open -> policy.over(open.build()))
        .filter(ProgramForms::isConsistent)
        .findFirst()
        .orElse(policy);
  }

  private static boolean isConsistent(Policy policy) {
    try {
      QuantizationScheme.builder().defaults(policy).build();
      return true;
    } catch (OctetException mistakes) {
      return false;
    }
  }

  private static String label(@Nullable QuantType type) {
    return String.valueOf(type).toLowerCase(Locale.ROOT);
  }
}
