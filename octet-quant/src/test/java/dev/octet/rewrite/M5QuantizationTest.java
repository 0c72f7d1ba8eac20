package dev.octet.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelWriter;
import dev.octet.numeric.ErrorStatistics;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class M5QuantizationTest {
  private static final Model FLOAT = M5.random(7);
  private static final Map<String, DenseTensor> AUDIO =
      Map.of("audio", M5.normal(new Random(1), 0.3, 16, 1, M5.LENGTH));

  @ParameterizedTest
  @EnumSource
  void everyComputingNodeRunsOnIntegers(OutputStyle style) {
    QuantizedModel quantized = quantize(style);

    Map<String, Integer> operators = Ort.optimizedOperators(quantized.model());

    assertThat(operators)
        .doesNotContainKeys("Conv", "FusedConv", "Gemm", "FusedGemm", "MatMul", "Relu", "MaxPool")
        .containsEntry("QLinearConv", 4)
        .containsEntry("QGemm", 1)
        .containsEntry("QuantizeLinear", 1)
        .doesNotContainKey("DequantizeLinear");
  }

  @ParameterizedTest
  @EnumSource
  void resultsStayClose(OutputStyle style) {
    QuantizedModel quantized = quantize(style);
    float[] expected = Ort.run(FLOAT, OptLevel.NO_OPT, AUDIO).get("log_probabilities");

    for (OptLevel level : new OptLevel[] {OptLevel.NO_OPT, OptLevel.ALL_OPT}) {
      float[] actual = Ort.run(quantized.model(), level, AUDIO).get("log_probabilities");
      ErrorStatistics error = new ErrorStatistics();
      error.accept(expected, actual);
      assertThat(error.sqnr()).as("SQNR at %s", level).isGreaterThan(30);
    }
  }

  @Test
  void compactFilesAreSmall() {
    byte[] compact = ModelWriter.encode(quantize(OutputStyle.COMPACT).model());
    byte[] peer = ModelWriter.encode(quantize(OutputStyle.PEER).model());
    assertThat(compact.length).isLessThan(34_000);
    assertThat(compact).hasSizeLessThan(peer.length);
  }

  private static QuantizedModel quantize(OutputStyle style) {
    return PlanRewriter.rewrite(FLOAT, plan(style));
  }

  private static QuantizationPlan plan(OutputStyle style) {
    QuantizationScheme scheme = QuantizationScheme.builder().style(style).build();
    CalibrationTable table =
        Ort.calibrate(FLOAT, QuantizationPlanner.needs(FLOAT, scheme).values(), AUDIO);
    return QuantizationPlanner.plan(FLOAT, scheme, table);
  }
}
