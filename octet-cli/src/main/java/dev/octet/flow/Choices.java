package dev.octet.flow;

import dev.octet.ir.Model;
import dev.octet.numeric.QuantType;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.target.Saturation;
import dev.octet.target.Saturation.UnsafeLayer;
import dev.octet.target.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Says in a few lines what a scheme is and why it suits the target.
final class Choices {
  private Choices() {}

  static List<String> describe(QuantizeRequest request, Model model, QuantizationPlan plan) {
    Wishes wishes = request.wishes();
    Target target = wishes.target();
    List<String> lines = new ArrayList<>();
    if (wishes.manner() instanceof Wishes.Manner.OnnxRuntime) {
      return List.of(
          "By the rules of onnxruntime.quantization; every sample calibrated and judged.");
    }
    lines.add(scheme(wishes) + " for " + target + why(wishes) + ".");
    boolean bytes = wishes.complete().weightType() == QuantType.INT8;
    if (bytes && wishes.format() != OutputFormat.DYNAMIC) {
      switch (target.pairs()) {
        case EXACT -> {
          List<UnsafeLayer> unsafe = Saturation.unsafeLayers(model, plan);
          if (!unsafe.isEmpty() && target != Target.ARM64) {
            lines.add(
                ("%d layers would saturate on processors without dot-product instructions;"
                        + " --target avx2 gives those 7-bit weights.")
                    .formatted(unsafe.size()));
          }
        }
        case SATURATE ->
            lines.add(
                "Output channels whose sums of two products could leave 16 bits have 7-bit"
                    + " weights, the others 8.");
      }
    }
    return lines;
  }

  private static String scheme(Wishes wishes) {
    Policy policy = wishes.complete();
    String weights =
        lower(policy.weightType()) + " weights " + String.valueOf(policy.granularity());
    return switch (wishes.format()) {
      case DYNAMIC -> "Dynamic: activations quantized in each run, " + weights + ",";
      case QDQ, QOPERATOR ->
          (wishes.format() == OutputFormat.QDQ ? "QDQ" : "Integer operators")
              + ": "
              + lower(policy.activationType())
              + " activations, "
              + weights
              + ",";
    };
  }

  private static String why(Wishes wishes) {
    if (!wishes.leavesActivationsOpen() || wishes.format() == OutputFormat.DYNAMIC) {
      return "";
    }
    return switch (wishes.target()) {
      case AVX512_VNNI, AVX_VNNI -> ": it multiplies these types in one instruction, exactly";
      case AVX2, AVX512 -> ": it multiplies these types in one instruction";
      case ARM64 -> ": it multiplies signed by signed in one instruction";
      case PORTABLE -> ": the types that integer kernels take everywhere";
    };
  }

  private static String lower(@Nullable Object type) {
    return String.valueOf(type).toLowerCase(Locale.ROOT);
  }
}
