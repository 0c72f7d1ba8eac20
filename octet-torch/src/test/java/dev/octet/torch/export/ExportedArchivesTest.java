package dev.octet.torch.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.testkit.OnnxRuntimeOracle;
import dev.octet.testkit.SharedData;
import dev.octet.testkit.Tolerance;
import dev.octet.torch.archive.Pt2Reader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Exported archives compute in ONNX Runtime what PyTorch computed.
class ExportedArchivesTest {
  private static final Tolerance FLOAT = new Tolerance(1e-3, 1e-5);

  static Stream<Path> fixtures() throws IOException, URISyntaxException {
    URL folder = ExportedArchivesTest.class.getResource("/pt2");
    if (folder == null) {
      throw new IllegalStateException("the test resources pt2/ are missing");
    }
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      return files.filter(file -> file.toString().endsWith(".pt2")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void fixtureComputesTheSame(Path archive) {
    assertComputesTheSame(archive, FLOAT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n1_ptq",
        "n1_qat",
        "n1_dyn",
        "xn1_ptq",
        "xn1_qat",
        "eager_qat_fq",
        "au_DSCNN",
        "au_CRNN_LSTM_dynT",
        "au_UNet1",
        "mut",
        "sym"
      })
  void sharedArchiveComputesTheSame(String name) {
    assertComputesTheSame(SharedData.pt2(name + ".pt2"), FLOAT);
  }

  private static void assertComputesTheSame(Path archive, Tolerance tolerance) {
    Model model = TorchExporter.export(Pt2Reader.read(archive), ExportOptions.standard());
    Samples samples = Samples.beside(archive);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    List<String> names = model.graph().inputs().stream().map(Value::name).toList();
    for (int i = 0; i < names.size(); i++) {
      inputs.put(names.get(i), samples.inputs().get(i));
    }
    List<Tensor> outputs = List.copyOf(OnnxRuntimeOracle.run(model, inputs).values());
    assertThat(outputs).hasSize(samples.outputs().size());
    for (int i = 0; i < outputs.size(); i++) {
      assertClose(i, (DenseTensor) outputs.get(i), samples.outputs().get(i), tolerance);
    }
  }

  private static void assertClose(
      int index, DenseTensor actual, DenseTensor expected, Tolerance tolerance) {
    assertThat(actual.dataType()).as("type of output %d", index).isEqualTo(expected.dataType());
    assertThat(actual.dims()).as("shape of output %d", index).isEqualTo(expected.dims());
    boolean floating = actual.dataType().isFloat();
    for (long i = 0; i < actual.elementCount(); i++) {
      double got = floating ? actual.doubleAt(i) : actual.longAt(i);
      double wanted = floating ? expected.doubleAt(i) : expected.longAt(i);
      assertThat(tolerance.accepts(got, wanted))
          .as("element %d of output %d: %s, PyTorch has %s", i, index, got, wanted)
          .isTrue();
    }
  }
}
