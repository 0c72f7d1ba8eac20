package dev.octet.rewrite;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import java.util.Map;
import java.util.Random;

/// An M5 in float and quantized, for tests of what comes after.
public final class M5Quantized {
  public static final Model FLOAT = M5.random(7);
  public static final Map<String, DenseTensor> AUDIO =
      Map.of("audio", M5.normal(new Random(1), 0.3, 16, 1, M5.LENGTH));

  private M5Quantized() {}

  public static QuantizationPlan plan(QuantizationScheme scheme) {
    CalibrationTable table =
        Ort.calibrate(FLOAT, QuantizationPlanner.needs(FLOAT, scheme).values(), AUDIO);
    return QuantizationPlanner.plan(FLOAT, scheme, table);
  }

  public static QuantizedModel quantize(QuantizationScheme scheme) {
    return PlanRewriter.rewrite(FLOAT, plan(scheme));
  }

  /// The same model with every initializer turned into a `Constant` node and every name changed, as
  /// another exporter would write it.
  public static Model withConstantNodes(Model model) {
    Model copy = model.copy();
    copy.edit(
        editor -> {
          for (Value value : editor.graph().initializers()) {
            Tensor data = value.initializer().orElseThrow();
            Value constant =
                editor
                    .insertBefore(
                        editor.graph().nodes().getFirst(),
                        NodeSpec.of("Constant")
                            .named("/Constant")
                            .attribute("value", dev.octet.ir.Attribute.of(data)))
                    .output(0);
            editor.replaceAllUses(value, constant);
            editor.removeInitializer(editor.graph(), value);
          }
          int number = 0;
          for (Value value : editor.graph().values()) {
            if (!value.isGraphInput() && !value.isGraphOutput()) {
              editor.rename(value, "/value_" + number++);
            }
          }
        });
    return copy;
  }
}
