package dev.octet.torch.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.testkit.ArchiveSamples;
import dev.octet.testkit.OnnxRuntimeOracle;
import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.transform.rules.StandardPipelines;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Programs quantized by PyTorch's own tools and torchao compute in ONNX Runtime what PyTorch
/// computed, on integers.
class QuantizedProgramsTest {
  private static final List<String> UINT8_ACTIVATIONS = List.of("activations-to-uint8");
  // What is right on x86 processors with dot-product instructions and without.
  private static final List<String> PORTABLE = List.of("activations-to-uint8", "weights-to-uint8");

  static Stream<Path> programs() throws IOException, URISyntaxException {
    URL folder = QuantizedProgramsTest.class.getResource("/pt2-quantized");
    if (folder == null) {
      throw new IllegalStateException("the test resources pt2-quantized/ are missing");
    }
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      return files.filter(file -> file.toString().endsWith(".pt2")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  void computesTheSameUpToOneStep(Path archive) {
    assertWithinOneStep(archive, export(Pt2Reader.read(archive), fit(archive)));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void computesTheSameWithUnsignedActivations(Path archive) {
    List<String> passes = new ArrayList<>(UINT8_ACTIVATIONS);
    passes.addAll(fit(archive));
    assertWithinOneStep(archive, export(Pt2Reader.read(archive), passes));
  }

  /// Integer kernels round ties in their own way, a step of one layer is several of the next, and
  /// these networks are not trained.
  @ParameterizedTest
  @MethodSource("programs")
  void integerKernelsComputeTheSame(Path archive) {
    Model model = export(Pt2Reader.read(archive), PORTABLE);
    ArchiveSamples samples = ArchiveSamples.beside(archive);
    assertWithin(5, OnnxRuntimeOracle.runOptimized(model, inputs(model, samples)), samples);
  }

  /// Groups and tokens have another form before operator set 21, and 16 bits none.
  @ParameterizedTest
  @MethodSource("programs")
  void computesTheSameInAnOlderOperatorSet(Path archive) {
    ExportedProgram program = Pt2Reader.read(archive);
    ExportOptions older =
        ExportOptions.standard()
            .withOpset(17)
            .withCleanUp(StandardPipelines.export().enable(fit(archive)));
    if (archive.toString().contains("int16")) {
      assertThatThrownBy(() -> TorchExporter.export(program, older))
          .hasMessageContaining("16 bits before operator set 21");
    } else {
      assertWithinOneStep(archive, TorchExporter.export(program, older));
    }
  }

  /// Weights are stored as integers, and nothing of the size of one as floats.
  @ParameterizedTest
  @MethodSource("programs")
  void weightsAreIntegerInitializers(Path archive) {
    assumeFalse(archive.toString().contains("embedding"), "the layer after it is in float");
    ExportedProgram program = Pt2Reader.read(archive);
    Model model = TorchExporter.export(program, ExportOptions.standardFor(program));
    assertThat(model.graph().initializers())
        .filteredOn(value -> value.dataType().equals(Optional.of(DataType.FLOAT)))
        .filteredOn(value -> value.initializer().orElseThrow().dims().size() > 1)
        // Scales of groups; what no quantizer quantizes: embeddings and recurrent layers.
        .filteredOn(value -> value.uses().stream().noneMatch(use -> isLeftInFloat(use.node())))
        .isEmpty();
  }

  private static boolean isLeftInFloat(Node node) {
    return node.is("DequantizeLinear") || node.is("Gather") || node.is("LSTM");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          q_m5_ptq                 | QLinearConv=3 MatMulIntegerToFloat=1
          q_m5_qat                 | QLinearConv=3 MatMulIntegerToFloat=1
          q_ds_cnn_ptq             | QLinearConv=5 QGemm=1
          q_ds_cnn_qat_x86         | QLinearConv=5
          q_resnet_ptq             | QLinearConv=6 QLinearAdd=2 QGemm=1
          q_resnet_ptq_x86         | QLinearConv=4
          q_resnet_ptq_x86_reduced | QLinearConv=4
          q_resnet_fx_reference    | QLinearConv=6 QLinearAdd=2 QGemm=1
          q_mobilenet_ptq          | QLinearConv=7 QLinearAdd=1 QGemm=1
          q_mobilenet_qat          | QLinearConv=7 QLinearAdd=1 QGemm=1
          q_unet_ptq               | QLinearConv=3
          q_attention_ptq_x86      | MatMulIntegerToFloat=6
          q_attention_dynamic      | MatMulIntegerToFloat=6
          q_attention_dynamic_x86  | MatMulIntegerToFloat=6
          q_lstm_dynamic_x86       | MatMulIntegerToFloat=1
          q_mlp_fx_reference       | QGemm=3
          q_mlp_ao_int8_dynamic    | MatMulInteger=3
          q_mlp_ao_int4_groups     | MatMulNBits=2
          """)
  void integerKernelsEngage(String name, String expected) throws IOException, URISyntaxException {
    Path archive =
        programs().filter(file -> file.endsWith(name + ".pt2")).findFirst().orElseThrow();
    ExportedProgram program = Pt2Reader.read(archive);
    Map<String, Integer> wanted = new LinkedHashMap<>();
    for (String pair : expected.split(" ", -1)) {
      String[] parts = pair.split("=", -1);
      wanted.put(parts[0], Integer.valueOf(parts[1]));
    }
    for (List<String> passes : List.of(UINT8_ACTIVATIONS, PORTABLE)) {
      assertThat(OnnxRuntimeOracle.optimizedOperators(export(program, passes)))
          .as("with %s", passes)
          .containsAllEntriesOf(wanted);
    }
  }

  // Integer products run on integer kernels with ONNX Runtime's optimizer off too.
  private static List<String> fit(Path archive) {
    return archive.endsWith("q_mlp_ao_int8_dynamic.pt2") ? List.of("weights-to-uint8") : List.of();
  }

  private static Model export(ExportedProgram program, List<String> passes) {
    return TorchExporter.export(
        program,
        ExportOptions.standardFor(program).withCleanUp(StandardPipelines.export().enable(passes)));
  }

  private static void assertWithinOneStep(Path archive, Model model) {
    ArchiveSamples samples = ArchiveSamples.beside(archive);
    assertWithin(1.1, OnnxRuntimeOracle.run(model, inputs(model, samples)), samples);
  }

  private static Map<String, Tensor> inputs(Model model, ArchiveSamples samples) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (Value input : model.graph().inputs()) {
      inputs.put(input.name(), samples.inputs().get(inputs.size()));
    }
    return inputs;
  }

  // A step is one of 255 between the least and the greatest number of an output.
  private static void assertWithin(
      double steps, Map<String, Tensor> results, ArchiveSamples samples) {
    List<Tensor> outputs = List.copyOf(results.values());
    assertThat(outputs).hasSize(samples.outputs().size());
    for (int i = 0; i < outputs.size(); i++) {
      assertThat(outputs.get(i).dims()).isEqualTo(samples.outputs().get(i).dims());
      double[] wanted = numbers(samples.outputs().get(i));
      double[] found = numbers((DenseTensor) outputs.get(i));
      double low = Arrays.stream(wanted).min().orElse(0);
      double high = Arrays.stream(wanted).max().orElse(0);
      double most = steps * (high - low) / 255;
      for (int k = 0; k < wanted.length; k++) {
        assertThat(Math.abs(found[k] - wanted[k]))
            .as("element %d of output %d: %s, PyTorch has %s", k, i, found[k], wanted[k])
            .isLessThanOrEqualTo(most);
      }
    }
  }

  private static double[] numbers(DenseTensor tensor) {
    double[] numbers = new double[Math.toIntExact(tensor.elementCount())];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = tensor.doubleAt(i);
    }
    return numbers;
  }
}
