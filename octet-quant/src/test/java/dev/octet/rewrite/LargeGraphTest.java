package dev.octet.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.NodePlan;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.stats.Range;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A graph of 20,000 nodes goes through planning and rewriting; anything quadratic would be felt.
class LargeGraphTest {
  private static final int BLOCKS = 5000;

  @Test
  void plansAndRewritesInOneGo() {
    Model model = model();
    QuantizationScheme scheme = QuantizationScheme.standard();
    Map<String, Range> ranges = new LinkedHashMap<>();
    QuantizationPlanner.needs(model, scheme)
        .values()
        .forEach(value -> ranges.put(value, new Range(-1, 1 + ranges.size() / 1000f)));

    QuantizationPlan plan =
        QuantizationPlanner.plan(model, scheme, CalibrationTable.ofRanges(ranges));
    QuantizedModel quantized = PlanRewriter.rewrite(model, plan);

    long onCodes =
        plan.nodes().stream()
            .filter(node -> node.fate() instanceof NodePlan.Fate.Quantized)
            .count();
    assertThat(onCodes).isBetween(3L * BLOCKS - 3, 3L * BLOCKS);
    assertThat(quantized.model().graph().nodeCount()).isGreaterThan(6 * BLOCKS);
  }

  /// Residual blocks with weights of their own and one bias for all.
  static Model model() {
    Model model = Model.create(ModelInfo.octet(8), 17, "large");
    ValueType type =
        new ValueType.OfTensor(
            DataType.FLOAT,
            Shape.of(List.of(new Dim.Known(1), new Dim.Known(2), new Dim.Known(4))));
    model.edit(
        editor -> {
          Value x = editor.addInput(editor.graph(), "x", type);
          Value bias =
              editor.addInitializer(
                  editor.graph(), "b", DenseTensor.ofFloats(new float[] {1, 2}, 2));
          for (int i = 0; i < BLOCKS; i++) {
            Value weight =
                editor.addInitializer(
                    editor.graph(),
                    "w" + i,
                    DenseTensor.ofFloats(new float[] {1, i, -3, 4}, 2, 2, 1));
            Value c = editor.newValue("c" + i, type);
            Value r = editor.newValue("r" + i, type);
            Value s = editor.newValue("s" + i, type);
            Value next = editor.newValue("n" + i, type);
            editor.append(editor.graph(), NodeSpec.of("Conv").inputs(x, weight, bias).outputs(c));
            editor.append(editor.graph(), NodeSpec.of("Relu").inputs(c).outputs(r));
            editor.append(editor.graph(), NodeSpec.of("Sigmoid").inputs(r).outputs(s));
            editor.append(editor.graph(), NodeSpec.of("Add").inputs(s, x).outputs(next));
            x = next;
          }
          editor.addOutput(editor.graph(), x);
        });
    return model;
  }
}
