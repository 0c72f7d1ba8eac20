package dev.octet.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.io.ModelReader;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.Coverage;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.WeightGranularity;
import dev.octet.stats.Range;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Against models that `onnxruntime.quantization` 1.30.0 quantized with the same ranges
/// (`conformance/python/make_quant_goldens.py`): every scale, zero point, weight and bias bit for
/// bit, and the same operators.
class PeerGoldenTest {
  private static final Policy U8S8 =
      Policy.builder()
          .activations(QuantType.UINT8, Symmetry.ASYMMETRIC)
          .weights(QuantType.INT8, Symmetry.SYMMETRIC)
          .granularity(WeightGranularity.PER_TENSOR)
          .build();
  private static final Policy S8S8 =
      U8S8.toBuilder().activations(QuantType.INT8, Symmetry.ASYMMETRIC).build();

  record Case(String name, String network, List<Long> input, Policy policy) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    List<Long> chain = List.of(2L, 2L, 40L);
    List<Long> branches = List.of(1L, 3L, 6L, 6L);
    List<Long> heavy = List.of(2L, 2L, 8L);
    Policy perChannel = U8S8.toBuilder().granularity(WeightGranularity.PER_CHANNEL).build();
    return Stream.of(
        new Case("chain_u8s8_channel", "chain", chain, perChannel),
        new Case("chain_s8s8_tensor", "chain", chain, S8S8),
        new Case(
            "chain_u8u8_tensor",
            "chain",
            chain,
            U8S8.toBuilder().weights(QuantType.UINT8, Symmetry.ASYMMETRIC).build()),
        new Case(
            "chain_s8_symmetric",
            "chain",
            chain,
            perChannel.toBuilder().activations(QuantType.INT8, Symmetry.SYMMETRIC).build()),
        new Case(
            "chain_reduced", "chain", chain, perChannel.toBuilder().span(CodeSpan.REDUCED).build()),
        new Case("chain_min_range", "chain", chain, U8S8.toBuilder().minimumRealRange(4.0).build()),
        new Case("branches_u8s8_channel", "branches", branches, perChannel),
        new Case("branches_s8s8_tensor", "branches", branches, S8S8),
        new Case("heavy_bias_channel", "heavy_bias", heavy, perChannel),
        new Case("heavy_bias_tensor", "heavy_bias", heavy, S8S8));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void storesTheSameNumbers(Case golden) {
    Map<String, Tensor> ours = initializers(quantized(golden));
    Map<String, Tensor> theirs = initializers(read(golden.name + "_int8.onnx"));

    assertThat(ours).containsExactlyEntriesOf(theirs);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void usesTheSameOperators(Case golden) {
    assertThat(operators(quantized(golden))).isEqualTo(operators(read(golden.name + "_int8.onnx")));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesTheSame(Case golden) {
    long[] dims = golden.input.stream().mapToLong(Long::longValue).toArray();
    Map<String, DenseTensor> input = Map.of("x", M5.normal(new Random(5), 1, dims));

    float[] ours = Ort.run(quantized(golden), OptLevel.NO_OPT, input).get("y");
    float[] theirs = Ort.run(read(golden.name + "_int8.onnx"), OptLevel.NO_OPT, input).get("y");

    assertThat(ours).containsExactly(theirs);
  }

  private static Model quantized(Case golden) {
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .defaults(golden.policy)
            .coverage(Coverage.EVERY_OPERATOR)
            .style(OutputStyle.PEER)
            .build();
    Model model = read(golden.network + "_float.onnx");
    QuantizationPlan plan =
        QuantizationPlanner.plan(model, scheme, ranges(golden.network + "_ranges.txt"));
    return PlanRewriter.rewrite(model, plan).model();
  }

  private static Map<String, Tensor> initializers(Model model) {
    Map<String, Tensor> found = new TreeMap<>();
    for (Value value : model.graph().initializers()) {
      found.put(value.name(), value.initializer().orElseThrow());
    }
    return found;
  }

  private static Map<String, Integer> operators(Model model) {
    Map<String, Integer> counts = new TreeMap<>();
    for (Node node : model.graph().nodes()) {
      counts.merge(node.opType(), 1, Integer::sum);
    }
    return counts;
  }

  private static CalibrationTable ranges(String file) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    for (String line : new String(bytes(file), StandardCharsets.UTF_8).lines().toList()) {
      List<String> words = List.of(line.split(" "));
      ranges.put(
          words.get(0), new Range(Float.parseFloat(words.get(1)), Float.parseFloat(words.get(2))));
    }
    return CalibrationTable.ofRanges(ranges);
  }

  private static Model read(String file) {
    return ModelReader.parse(bytes(file));
  }

  private static byte[] bytes(String file) {
    try (InputStream stream =
        Objects.requireNonNull(PeerGoldenTest.class.getResourceAsStream("goldens/" + file), file)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
