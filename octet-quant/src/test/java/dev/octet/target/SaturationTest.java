package dev.octet.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.TensorPlan;
import dev.octet.plan.WeightGranularity;
import dev.octet.stats.Range;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SaturationTest {
  /// Steps 0 and 1 of a matrix product are added in 16 bits, steps 1 and 2 never.
  @Test
  void onlyWeightsThatMeetInAPairCount() {
    Model apart = gemm(1, 127, 0, 0, 127);
    Model together = gemm(1, 127, 127, 0, 0);
    Model opposed = gemm(1, 127, -127, 127, 1);

    assertThat(Saturation.unsafeLayers(apart, plan(apart))).isEmpty();
    assertThat(Saturation.unsafeLayers(opposed, plan(opposed))).isEmpty();
    assertThat(Saturation.unsafeLayers(together, plan(together)))
        .containsExactly(new Saturation.UnsafeLayer("y", 1, 1, 254));
  }

  /// A convolution's channels lie innermost: what stands side by side in the file does not meet.
  @Test
  void convolutionsPairInputChannelsOfOneTap() {
    Model taps = conv("float[1,2,2] w = {127, 127, 0, 0}", 1);
    Model inputs = conv("float[1,2,2] w = {127, 0, 127, 0}", 1);
    Model depthwise = conv("float[2,1,2] w = {127, 127, 127, 127}", 2);

    assertThat(Saturation.unsafeLayers(taps, plan(taps))).isEmpty();
    assertThat(Saturation.unsafeLayers(inputs, plan(inputs))).hasSize(1);
    assertThat(Saturation.unsafeLayers(depthwise, plan(depthwise))).isEmpty();
  }

  @Test
  void onlyUnsafeChannelsLoseABit() {
    Model model = gemm(2, 127, 127, 0, 0, 127, 0, 0, 127);
    QuantizationPlan plan = plan(model);

    QuantizationPlan safe = Saturation.withSafeWeights(model, plan);

    float[] before = weight(plan).params().scales();
    float[] after = weight(safe).params().scales();
    assertThat(after[0]).isEqualTo((float) (before[0] * 127.0 / 64));
    assertThat(after[1]).isEqualTo(before[1]);
    assertThat(safe.nodes()).isEqualTo(plan.nodes());
    assertThat(Saturation.unsafeLayers(model, safe)).isEmpty();
  }

  @Test
  void aPlanThatIsSafeStaysTheSame() {
    Model model = gemm(1, 127, 0, 0, 127);
    QuantizationPlan plan = plan(model);
    assertThat(Saturation.withSafeWeights(model, plan)).isSameAs(plan);
  }

  /// The proof against the arithmetic: a channel found safe saturates for no activations, one found
  /// unsafe for the worst ones, and no channel once its weights are narrowed.
  @Property(tries = 200, seed = "20261124")
  void aChannelIsSafeExactlyWhenNoActivationsSaturateIt(
      @ForAll @Size(min = 6, max = 6) List<@IntRange(min = -127, max = 127) Integer> drawn) {
    int[] weights = drawn.stream().mapToInt(Integer::intValue).toArray();
    weights[0] = 127; // so that codes are the numbers themselves
    Model model = gemm(1, weights);
    QuantizationPlan plan = plan(model);

    boolean found = !Saturation.unsafeLayers(model, plan).isEmpty();

    boolean saturates =
        IntStream.range(0, 3)
            .anyMatch(
                pair ->
                    leaves16Bits(weights[2 * pair], weights[2 * pair + 1], 1)
                        || leaves16Bits(weights[2 * pair], weights[2 * pair + 1], -1));
    assertThat(found).isEqualTo(saturates);
    QuantizationPlan safe = Saturation.withSafeWeights(model, plan);
    assertThat(Saturation.unsafeLayers(model, safe)).isEmpty();
  }

  /// Whether the sum for the activations that push it furthest in one direction is no 16-bit
  /// number.
  private static boolean leaves16Bits(int first, int second, int sign) {
    int sum = (sign * first > 0 ? 255 * first : 0) + (sign * second > 0 ? 255 * second : 0);
    return sum != (short) sum;
  }

  private static TensorPlan.Weight weight(QuantizationPlan plan) {
    return plan.tensors().stream()
        .filter(TensorPlan.Weight.class::isInstance)
        .map(TensorPlan.Weight.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static Model gemm(int outputs, int... weights) {
    int inputs = weights.length / outputs;
    String numbers =
        IntStream.of(weights).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    return model(
        "<ir_version: 8, opset_import: [\"\" : 17]> g (float[N,%d] x) => (float[N,%d] y)"
                .formatted(inputs, outputs)
            + "<float[%d,%d] w = {%s}> { y = Gemm<transB = 1>(x, w) }"
                .formatted(outputs, inputs, numbers));
  }

  private static Model conv(String weight, int groups) {
    return model(
        "<ir_version: 8, opset_import: [\"\" : 17]> g (float[N,2,9] x) => (float[N,M,8] y) <"
            + weight
            + "> { y = Conv<group = "
            + groups
            + ">(x, w) }");
  }

  private static Model model(String text) {
    Model model = OnnxText.parse(text);
    ShapeInference.infer(model);
    return model;
  }

  /// One scale a channel: where its largest number is 127, codes are the numbers themselves.
  private static QuantizationPlan plan(Model model) {
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .defaults(Policy.builder().granularity(new WeightGranularity.PerChannel()).build())
            .build();
    Map<String, Range> ranges = new LinkedHashMap<>();
    QuantizationPlanner.needs(model, scheme)
        .values()
        .forEach(value -> ranges.put(value, new Range(-1, 1)));
    return QuantizationPlanner.plan(model, scheme, CalibrationTable.ofRanges(ranges));
  }
}
