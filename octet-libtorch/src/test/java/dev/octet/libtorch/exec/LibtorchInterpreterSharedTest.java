package dev.octet.libtorch.exec;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Tensor;
import dev.octet.testkit.SharedData;
import dev.octet.torch.archive.Pt2Reader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs exported by Python, against the outputs Python computed.
class LibtorchInterpreterSharedTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cond",
        "while",
        "map",
        "scan",
        "mut",
        "sym",
        "n1_ptq",
        "n1_qat",
        "n1_dyn",
        "xn1_ptq",
        "xn1_qat",
        "eager_qat_fq",
        "au_CRNN_LSTM_dynT",
        "au_DSCNN",
        "au_UNet1"
      })
  void equalsPyTorch(String name) throws IOException {
    Path archive = SharedData.pt2(name + ".pt2");
    Path golden = archive.resolveSibling(name + ".npz");
    Map<String, DenseTensor> arrays = NpzFile.read(golden);
    try (LibtorchInterpreter interpreter = new LibtorchInterpreter(name, Pt2Reader.read(archive))) {
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      for (int i = 0; i < interpreter.inputs().size(); i++) {
        inputs.put(interpreter.inputs().get(i).name(), arrays.get("input_" + i));
      }
      // Twice: a run must not change the program, even where the graph writes its buffers.
      interpreter.run(inputs);
      List<Tensor> outputs = List.copyOf(interpreter.run(inputs).values());
      assertThat(outputs).isNotEmpty();
      for (int i = 0; i < outputs.size(); i++) {
        assertClose(
            (DenseTensor) outputs.get(i), requireNonNull(arrays.get("output_" + i), "output_" + i));
      }
    }
  }

  private static void assertClose(DenseTensor actual, DenseTensor expected) {
    assertThat(actual.dims()).isEqualTo(expected.dims());
    assertThat(actual.dataType()).isEqualTo(expected.dataType());
    if (expected.dataType() != DataType.FLOAT) {
      assertThat(actual).isEqualTo(expected);
      return;
    }
    float[] got = actual.toFloatArray();
    float[] want = expected.toFloatArray();
    for (int i = 0; i < want.length; i++) {
      assertThat((double) Math.abs(got[i] - want[i]))
          .as("element %d: %s, PyTorch %s", i, got[i], want[i])
          .isLessThanOrEqualTo(2e-6 + 1e-5 * Math.abs(want[i]));
    }
  }
}
