package dev.octet.example.speech;

import static dev.octet.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.data.NpySource;
import dev.octet.data.Sample;
import dev.octet.data.SampleOptions;
import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.SessionOptions;
import dev.octet.runtime.TensorSpec;
import dev.octet.testkit.Tolerance;
import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.export.ExportOptions;
import dev.octet.torch.export.TorchExporter;
import dev.octet.torch.graph.ExportedProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The committed untrained M5 computes what PyTorch computed when `m5.py` exported it, both as read
/// and as exported to ONNX, average pooling over its own length and `permute` included.
class M5GoldenTest {
  private static final Path ARCHIVE = Path.of("src/main/resources/dev/octet/example/speech/m5.pt2");
  private static final Path GOLDEN =
      Path.of("src/test/resources/dev/octet/example/speech/m5_golden.npz");
  private static final Tolerance FP32 = new Tolerance(1e-3, 1e-5);

  private final ExportedProgram program = Pt2Reader.read(ARCHIVE);

  @Test
  void libtorchComputesWhatPyTorchDid() {
    try (LibtorchInterpreter interpreter = new LibtorchInterpreter("m5.pt2", program)) {
      assertGolden(interpreter);
    }
  }

  @Test
  void exportedModelComputesWhatPyTorchDid() {
    Model model = TorchExporter.export(program, ExportOptions.standard());
    try (InferenceSession session =
        InferenceSession.open(model, "m5.onnx", SessionOptions.DEFAULT)) {
      assertGolden(session);
    }
  }

  private static void assertGolden(ModelRunner runner) {
    List<Sample> samples = golden();
    assertThat(samples).hasSize(3);
    String input = runner.inputs().getFirst().name();
    String output = runner.outputs().getFirst().name();
    for (Sample sample : samples) {
      Map<String, Tensor> outputs = runner.run(Map.of(input, array(sample, "input")));
      assertClose(sample.name(), array(Map.copyOf(outputs), output), array(sample, "output"), FP32);
    }
  }

  /// The golden's rows: `input` `[1,1,8000]` and PyTorch's `output` `[1,1,35]`.
  private static List<Sample> golden() {
    List<TensorSpec> arrays = List.of(floats("input", 8000), floats("output", 35));
    try (Stream<Sample> samples = NpySource.open(GOLDEN, arrays, SampleOptions.DEFAULT).samples()) {
      return samples.toList();
    }
  }

  private static TensorSpec floats(String name, long width) {
    Shape shape = Shape.of(List.of(Dim.of("batch"), Dim.of(1), Dim.of(width)));
    return new TensorSpec(name, DataType.FLOAT, shape);
  }

  private static Tensor array(Sample sample, String name) {
    return array(sample.inputs(), name);
  }

  private static Tensor array(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    assertThat(tensor).as(name).isNotNull();
    return Objects.requireNonNull(tensor);
  }
}
