package dev.octet.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.stats.Range;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TypeBordersTest {
  private static final Policy WIDE =
      Policy.builder().activations(QuantType.UINT16, Symmetry.ASYMMETRIC).build();

  @Test
  void convertsWhereANodeWorksInAnotherType() {
    QuantizationPlan plan = plan(QuantizationScheme.builder().forNode("d", WIDE).build());

    // c is 8 bits wide for y and converted for d; d is 16 bits wide and converted for y.
    assertThat(types(plan))
        .containsEntry("x", "UINT8")
        .containsEntry("c", "UINT8, UINT16 for some")
        .containsEntry("d", "UINT16, UINT8 for all")
        .containsEntry("y", "UINT8");
  }

  @Test
  void takesATensorsTypeForTheNodesOnBothSides() {
    QuantizationPlan plan = plan(QuantizationScheme.builder().forTensor("d", WIDE).build());

    // d's producer and y, its reader, are 16 bits wide: c is converted for both.
    assertThat(types(plan))
        .containsEntry("x", "UINT8")
        .containsEntry("c", "UINT8, UINT16 for all")
        .containsEntry("d", "UINT16")
        .containsEntry("y", "UINT16, UINT8 for all")
        .containsEntry("z", "UINT8");
  }

  @Test
  void leavesASchemeOfOneTypeAlone() {
    QuantizationScheme scheme = QuantizationScheme.standard();

    assertThat(TypeBorders.convert(scheme, model())).isEqualTo(scheme);
  }

  @Test
  void refusesANodeBetweenTwoTypes() {
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .forTensor("d", WIDE)
            .forTensor(
                "c", Policy.builder().activations(QuantType.INT16, Symmetry.SYMMETRIC).build())
            .build();

    assertThatThrownBy(() -> TypeBorders.convert(scheme, model()))
        .hasMessageContaining("lies between 'c' and 'd'");
  }

  private static Map<String, String> types(QuantizationPlan plan) {
    Map<String, String> types = new LinkedHashMap<>();
    for (TensorPlan tensor : plan.tensors()) {
      switch (tensor) {
        case TensorPlan.Activation a -> types.put(a.value(), a.params().type().name());
        case TensorPlan.Conversion c ->
            types.merge(
                c.value(),
                ", "
                    + c.params().type()
                    + (c.readers() == TensorPlan.Readers.ALL ? " for all" : " for some"),
                String::concat);
        default -> {}
      }
    }
    return types;
  }

  private static QuantizationPlan plan(QuantizationScheme scheme) {
    QuantizationScheme converting = TypeBorders.convert(scheme, model());
    Map<String, Range> ranges = new LinkedHashMap<>();
    for (String value : QuantizationPlanner.needs(model(), converting).values()) {
      ranges.put(value, new Range(-1, 1));
    }
    return QuantizationPlanner.plan(model(), converting, CalibrationTable.ofRanges(ranges));
  }

  private static Model model() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 10, opset_import: ["" : 21]>
            g (float[N,2,8] x) => (float[] z) <float[2,2,1] w = {1, -2, 3, -4}> {
              c = Conv(x, w)
              d = Conv(c, w)
              y = Add(c, d)
              z = Conv(y, w)
            }
            """);
    ShapeInference.infer(model);
    return model;
  }
}
