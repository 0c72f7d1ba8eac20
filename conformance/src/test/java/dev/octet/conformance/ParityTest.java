package dev.octet.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.testkit.OnnxRuntimeOracle;
import dev.octet.testkit.RandomTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Against `onnxruntime.quantization` 1.30.0, file for file
/// (`conformance/python/make_parity_goldens.py`). A case is equal, or it is listed in [OnPurpose]:
/// then ONNX Runtime must find our model at least as close to the float model as the peer's.
class ParityTest {
  private static final List<ParityCase> CASES = ParityGoldens.load();
  private static final Path DOCUMENT = Path.of("..", "docs", "parity.md");

  static Stream<ParityCase> cases() {
    return CASES.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isEqualOrBetter(ParityCase parityCase) {
    Optional<OnPurpose> purpose = OnPurpose.of(parityCase);
    switch (ParityOutcome.of(parityCase)) {
      case ParityOutcome.Equal() ->
          assertThat(purpose).as("listed as different, but equal").isEmpty();
      case ParityOutcome.Different(Model ours, List<String> differences) -> {
        assertThat(purpose).as(() -> String.join("\n", differences)).isPresent();
        assertAsClose(parityCase, ours);
      }
      case ParityOutcome.PeerFails(Model ours) -> {
        assertThat(purpose).as("the peer fails: %s", parityCase.error()).isPresent();
        OnnxRuntimeOracle.run(ours, inputs(parityCase));
      }
      case ParityOutcome.Refused(String reason) ->
          assertThat(purpose).as("refused: %s", reason).isPresent();
    }
  }

  /// `OCTET_WRITE_PARITY=1` writes the document instead of comparing it.
  @Test
  void documentIsCurrent() throws IOException {
    String document = ParityDocument.of(CASES);
    if (System.getenv("OCTET_WRITE_PARITY") != null) {
      Files.writeString(DOCUMENT, document);
    }
    assertThat(Files.readString(DOCUMENT))
        .as("run this test with OCTET_WRITE_PARITY=1 to write docs/parity.md anew")
        .isEqualTo(document);
  }

  private static void assertAsClose(ParityCase parityCase, Model ours) {
    if (parityCase.isWhole()) {
      return; // the peer's file was kept without its weights
    }
    Map<String, DenseTensor> inputs = inputs(parityCase);
    Map<String, Tensor> floats = OnnxRuntimeOracle.run(parityCase.model().get(), inputs);
    double error = error(floats, OnnxRuntimeOracle.run(ours, inputs));
    Map<String, Tensor> theirs;
    try {
      theirs = OnnxRuntimeOracle.run(parityCase.peer().orElseThrow().get(), inputs);
    } catch (AssertionError refused) {
      return;
    }
    // Two sets of codes with the right scales round differently: that is noise, not a defect.
    assertThat(error).isLessThanOrEqualTo(error(floats, theirs) * 1.05 + 1e-9);
  }

  private static Map<String, DenseTensor> inputs(ParityCase parityCase) {
    return RandomTensors.inputsOf(parityCase.model().get(), 7);
  }

  /// Root of the mean squared difference, over every floating-point output.
  private static double error(Map<String, Tensor> floats, Map<String, Tensor> quantized) {
    double sum = 0;
    long count = 0;
    for (Map.Entry<String, Tensor> entry : floats.entrySet()) {
      if (!(entry.getValue() instanceof DenseTensor exact)
          || !exact.dataType().name().startsWith("FLOAT")) {
        continue;
      }
      DenseTensor found = (DenseTensor) quantized.get(entry.getKey());
      if (found == null) {
        return fail("no output " + entry.getKey());
      }
      for (long i = 0; i < exact.elementCount(); i++) {
        double difference = exact.doubleAt(i) - found.doubleAt(i);
        sum += difference * difference;
        count++;
      }
    }
    return Math.sqrt(sum / Math.max(1, count));
  }
}
