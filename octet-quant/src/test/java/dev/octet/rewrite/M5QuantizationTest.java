package dev.octet.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelWriter;
import dev.octet.numeric.ErrorStatistics;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.QuantizationScheme;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class M5QuantizationTest {
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
    float[] expected =
        Ort.run(M5Quantized.FLOAT, OptLevel.NO_OPT, M5Quantized.AUDIO).get("log_probabilities");

    for (OptLevel level : new OptLevel[] {OptLevel.NO_OPT, OptLevel.ALL_OPT}) {
      float[] actual =
          Ort.run(quantized.model(), level, M5Quantized.AUDIO).get("log_probabilities");
      ErrorStatistics error = new ErrorStatistics();
      error.accept(expected, actual);
      assertThat(error.sqnr()).as("SQNR at %s", level).isGreaterThan(30);
    }
  }

  /// With its optimizer off ONNX Runtime dequantizes, computes in float and quantizes again: the
  /// simulation that quantization is defined by. Integer kernels may differ from it where a number
  /// lies between two codes.
  @Test
  void integerKernelsComputeWhatTheSimulationDoes() {
    Model model = quantize(OutputStyle.COMPACT).model();

    float[] simulated = Ort.run(model, OptLevel.NO_OPT, M5Quantized.AUDIO).get("log_probabilities");
    float[] integer = Ort.run(model, OptLevel.ALL_OPT, M5Quantized.AUDIO).get("log_probabilities");

    ErrorStatistics error = new ErrorStatistics();
    error.accept(simulated, integer);
    assertThat(error.sqnr()).isGreaterThan(50);
  }

  @Test
  void compactFilesAreSmall() {
    byte[] compact = ModelWriter.encode(quantize(OutputStyle.COMPACT).model());
    byte[] peer = ModelWriter.encode(quantize(OutputStyle.PEER).model());
    assertThat(compact.length).isLessThan(34_000);
    assertThat(compact).hasSizeLessThan(peer.length);
  }

  private static QuantizedModel quantize(OutputStyle style) {
    return M5Quantized.quantize(QuantizationScheme.builder().style(style).build());
  }
}
