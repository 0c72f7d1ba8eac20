package dev.octet.align.layers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.align.Tolerance;
import dev.octet.data.RandomSamples;
import dev.octet.data.SampleSource;
import dev.octet.equalize.ChannelEqualization;
import dev.octet.ir.DataType;
import dev.octet.ir.Model;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.io.OnnxText;
import dev.octet.numeric.GridSteps;
import dev.octet.runtime.Progress;
import dev.octet.runtime.SessionOptions;
import dev.octet.runtime.TensorSpec;
import dev.octet.transform.SourceValues;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Two models compared value by value, run by ONNX Runtime.
class LayerAlignerTest {
  private static final String FLOATS =
      """
      <ir_version: 8, opset_import: ["" : 17]>
      net (float[2,3] x) => (float[2,3] y)
      <float[3,3] w = {1, 2, -1, 0.5, -1, 2, 1, 1, 1},
       float[3,3] v = {2, -1, 0.25, 1, 1, -3, -0.5, 2, 1}>
      {
         a = MatMul (x, w)
         r = Relu (a)
         y = MatMul (r, v)
      }
      """;

  private static final SampleSource SAMPLES =
      RandomSamples.of(List.of(new TensorSpec("x", DataType.FLOAT, Shape.of(2, 3))), 1, 7);

  @Test
  void equalModelsAgreeEverywhere() {
    LayerAlignment alignment = align(FLOATS, FLOATS);
    assertThat(alignment.pass()).isTrue();
    assertThat(alignment.firstDeparture()).isEmpty();
    assertThat(values(alignment)).containsExactly("a", "r", "y");
    assertThat(alignment.layers())
        .allSatisfy(layer -> assertThat(layer.ulps().orElseThrow().max()).isZero());
    assertThat(alignment.referenceAlone()).isZero();
    assertThat(alignment.otherAlone()).isZero();
  }

  @Test
  void editedWeightIsFoundWhereItIs() {
    LayerAlignment second = align(FLOATS, FLOATS.replace("v = {2,", "v = {2.125,"));
    assertThat(second.firstDeparture().orElseThrow().pair().reference().value()).isEqualTo("y");
    LayerAlignment first = align(FLOATS, FLOATS.replace("w = {1,", "w = {1.125,"));
    assertThat(first.firstDeparture().orElseThrow().pair().reference().value()).isEqualTo("a");
  }

  @Test
  void otherNamesArePairedByPlace() {
    String renamed =
        FLOATS
            .replace("a = MatMul", "left = MatMul")
            .replace("r = Relu (a)", "mid = Relu (left)")
            .replace("(r, v)", "(mid, v)");
    LayerAlignment alignment = align(FLOATS, renamed);
    assertThat(alignment.layers())
        .extracting(layer -> layer.pair().other().value())
        .containsExactly("left", "mid", "y");
    assertThat(alignment.pass()).isTrue();
  }

  @Test
  void quantizedValuesAreComparedInSteps() {
    String quantized =
        FLOATS
            .replace("<float[3,3] w", "<float s = {0.0625}, uint8 z = {0},\n float[3,3] w")
            .replace(
                "y = MatMul (r, v)",
                """
                q = QuantizeLinear (r, s, z)
                   d = DequantizeLinear (q, s, z)
                   y = MatMul (d, v)\
                """);
    LayerAgreement rectified = layer(align(FLOATS, quantized), "r");
    assertThat(rectified.pair().other().value()).isEqualTo("d");
    // What is quantized where the reference has the same numbers has the same codes.
    assertThat(rectified.steps()).contains(new GridSteps(6, 0, 0, 0, 0));
    assertThat(rectified.numbers().maxAbs()).isPositive().isLessThanOrEqualTo(0.03125);
    assertThat(rectified.pass()).isTrue();
    // Codes made from numbers an odd number of half steps away.
    String moved = quantized.replace("r = Relu (a)", "b = Add (a, s)\n   r = Relu (b)");
    GridSteps steps = layer(align(FLOATS, moved), "r").steps().orElseThrow();
    assertThat(steps.offByOne()).isPositive();
    assertThat(steps.offByMore()).isZero();
  }

  @Test
  void rescaledChannelsHaveNoCounterpart() {
    Model equalized =
        OnnxText.parse(
            FLOATS.replace("MatMul (x, w)", "Gemm (x, w)").replace("MatMul (r, v)", "Gemm (r, v)"));
    Model before = equalized.copy();
    Set<String> needs = ChannelEqualization.needs(equalized);
    assertThat(needs).containsExactly("r");
    ChannelEqualization.apply(equalized, Map.of("r", new float[] {1, 4, 64}));
    assertThat(values(align(before, equalized))).containsExactly("y");
  }

  @Test
  void recordedSourcesComeFirst() {
    Model one = OnnxText.parse(FLOATS);
    Model two = OnnxText.parse(FLOATS.replace("r = Relu (a)", "k = Relu (a)\n   r = Relu (k)"));
    one.edit(editor -> new SourceValues(Map.of("relu", value(one, "r"))).write(editor));
    two.edit(editor -> new SourceValues(Map.of("relu", value(two, "k"))).write(editor));
    assertThat(layer(align(one, two), "r").pair().other().value()).isEqualTo("k");
  }

  private static Value value(Model model, String name) {
    return model.graph().findValue(name).orElseThrow();
  }

  private static LayerAgreement layer(LayerAlignment alignment, String value) {
    return alignment.layers().stream()
        .filter(layer -> layer.pair().reference().value().equals(value))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> values(LayerAlignment alignment) {
    return alignment.layers().stream().map(layer -> layer.pair().reference().value()).toList();
  }

  private static LayerAlignment align(String reference, String other) {
    return align(OnnxText.parse(reference), OnnxText.parse(other));
  }

  private static LayerAlignment align(Model reference, Model other) {
    return LayerAligner.align(
        Observable.of(reference, "the reference", SessionOptions.UNCHANGED),
        Observable.of(other, "the other", SessionOptions.UNCHANGED),
        OnnxPairs.of(reference, other, name -> true),
        SAMPLES,
        Tolerance.FLOAT32,
        Progress.NONE);
  }
}
