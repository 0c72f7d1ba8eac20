package dev.octet.torch.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.testkit.ArchiveSamples;
import dev.octet.testkit.OnnxRuntimeOracle;
import dev.octet.testkit.SharedData;
import dev.octet.testkit.Tolerance;
import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.graph.AtenGraphBuilder;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.ExportedProgram;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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

  static Stream<Arguments> fixturesInEveryOpset() throws IOException, URISyntaxException {
    return fixtures()
        .flatMap(
            archive ->
                IntStream.rangeClosed(ExportOptions.OLDEST_OPSET, ExportOptions.NEWEST_OPSET)
                    .mapToObj(opset -> Arguments.of(opset, archive)));
  }

  @ParameterizedTest
  @MethodSource("fixturesInEveryOpset")
  void fixtureComputesTheSame(int opset, Path archive) {
    if (archive.endsWith("detection.pt2") && opset > 21) {
      assertThatThrownBy(() -> assertComputesTheSame(archive, opset))
          .hasMessageContaining("after operator set 21");
      return;
    }
    assertComputesTheSame(archive, opset);
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
        "sym",
        "cond",
        "map",
        "scan",
        "while"
      })
  void sharedArchiveComputesTheSame(String name) {
    assertComputesTheSame(SharedData.pt2(name + ".pt2"), 18);
  }

  /// The first sample alone gives the first part of each result: no size of the example is baked
  /// in.
  @ParameterizedTest
  @ValueSource(
      strings = {"conv1d_bn", "elementwise", "logic", "convolutions", "in_place", "fake_quantized"})
  void batchOfOneComputesTheSame(String name) {
    Path archive = fixture(name);
    Model model = TorchExporter.export(Pt2Reader.read(archive), ExportOptions.standard());
    ArchiveSamples samples = ArchiveSamples.beside(archive);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (Value input : model.graph().inputs()) {
      inputs.put(input.name(), first(samples.inputs().get(inputs.size())));
    }
    List<Tensor> outputs = List.copyOf(OnnxRuntimeOracle.run(model, inputs).values());
    long batch = samples.inputs().getFirst().dims().getFirst();
    for (int i = 0; i < outputs.size(); i++) {
      DenseTensor expected = samples.outputs().get(i);
      // Results whose first dimension is something else (a scalar, a merged axis) are left out.
      if (!expected.dims().isEmpty() && expected.dims().getFirst() == batch) {
        assertClose(i, (DenseTensor) outputs.get(i), first(expected), FLOAT);
      }
    }
  }

  @Test
  void namesComeFromTheModuleTree() {
    Export export =
        TorchExporter.translate(Pt2Reader.read(fixture("conv1d_bn")), ExportOptions.standard());
    assertThat(export.model().graph().nodes())
        .extracting(Node::name)
        .containsExactly(
            "block/0/Conv",
            "block/2/Relu",
            "block/3/MaxPool",
            "GlobalAveragePool",
            "Transpose",
            "fc/MatMul",
            "fc/Add",
            "LogSoftmax");
    assertThat(export.model().graph().initializers())
        .extracting(Value::name)
        .containsExactlyInAnyOrder("block.0.weight", "block.0.bias", "fc.weight", "fc.bias");
    assertThat(export.model().graph().inputs().getFirst().shape().orElseThrow())
        .hasToString("[batch,2,40]");
    assertThat(export.model().graph().outputs().getFirst().shape().orElseThrow())
        .hasToString("[batch,1,3]");
    assertThat(export.values().get("batch_norm")).hasToString("%block/0/Conv");
    assertThat(export.values()).doesNotContainKey("conv1d");
  }

  @Test
  void returnedDictionaryNamesTheOutputs() {
    Model model =
        TorchExporter.export(Pt2Reader.read(fixture("in_place")), ExportOptions.standard());
    assertThat(model.graph().outputs()).extracting(Value::name).containsExactly("first", "second");
  }

  @Test
  void textsOfTheArchiveBecomeMetadata() {
    Model model =
        TorchExporter.export(
            Pt2Reader.read(fixture("conv1d_bn")).withExtraFiles(Map.of("labels", "a\nb\nc")),
            ExportOptions.standard());
    assertThat(model.metadata()).containsEntry("labels", "a\nb\nc");
  }

  @Test
  void everyUnsupportedOperatorIsReportedAtOnce() {
    ExportedProgram program = Pt2Reader.read(fixture("conv1d_bn"));
    AtenGraphBuilder builder = AtenGraphBuilder.of(program.graph());
    for (AtenNode node : program.graph().nodes()) {
      if (Set.of("relu", "log_softmax").contains(node.op().name())) {
        builder.replaceNode(
            node.name(),
            List.of(node.withOp(AtenOp.aten("strange_" + node.op().name(), "default"))));
      }
    }
    assertThatThrownBy(
            () ->
                TorchExporter.export(program.withGraph(builder.build()), ExportOptions.standard()))
        .isInstanceOfSatisfying(
            OctetException.class,
            failure ->
                assertThat(failure.diagnostics())
                    .extracting(Object::toString)
                    .satisfiesExactly(
                        first ->
                            assertThat(first).contains("block.2").contains("aten.strange_relu"),
                        second -> assertThat(second).contains("aten.strange_log_softmax")));
  }

  @Test
  void quantizedTensorsAreIntegerInitializers() {
    Model model =
        TorchExporter.export(Pt2Reader.read(fixture("fake_quantized")), ExportOptions.standard());
    assertThat(model.graph().initializers())
        .filteredOn(value -> Set.of("weight", "codes", "bias").contains(value.name()))
        .extracting(value -> value.name() + " " + value.dataType().orElseThrow())
        .containsExactlyInAnyOrder("weight INT8", "codes INT8");
    // Codes 0 to 127 of a type that has 256 need their bounds kept.
    assertThat(model.graph().nodes()).filteredOn(node -> node.is("Clip")).hasSize(1);
  }

  private static Path fixture(String name) {
    try {
      return fixtures()
          .filter(file -> file.endsWith(name + ".pt2"))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no fixture " + name));
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DenseTensor first(DenseTensor tensor) {
    long[] dims = tensor.dims().stream().mapToLong(Long::longValue).toArray();
    byte[] bytes =
        tensor.data().asSlice(0, tensor.byteSize() / dims[0]).toArray(ValueLayout.JAVA_BYTE);
    dims[0] = 1;
    return DenseTensor.ofBytes(tensor.dataType(), bytes, dims);
  }

  private static void assertComputesTheSame(Path archive, int opset) {
    Model model =
        TorchExporter.export(Pt2Reader.read(archive), ExportOptions.standard().withOpset(opset));
    ArchiveSamples samples = ArchiveSamples.beside(archive);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    List<String> names = model.graph().inputs().stream().map(Value::name).toList();
    for (int i = 0; i < names.size(); i++) {
      inputs.put(names.get(i), samples.inputs().get(i));
    }
    assertAllClose(OnnxRuntimeOracle.run(model, inputs), samples.outputs());
    // Integer kernels round ties in their own way; tests of quantized programs allow for that.
    if (model.graph().nodes().stream().noneMatch(node -> node.is("QuantizeLinear"))
        || archive.endsWith("fake_quantized.pt2")) {
      assertAllClose(OnnxRuntimeOracle.runOptimized(model, inputs), samples.outputs());
    }
  }

  private static void assertAllClose(Map<String, Tensor> found, List<DenseTensor> expected) {
    List<Tensor> outputs = List.copyOf(found.values());
    assertThat(outputs).hasSize(expected.size());
    for (int i = 0; i < outputs.size(); i++) {
      assertClose(i, (DenseTensor) outputs.get(i), expected.get(i), FLOAT);
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
