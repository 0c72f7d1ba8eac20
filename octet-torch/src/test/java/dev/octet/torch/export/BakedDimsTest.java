package dev.octet.torch.export;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraphBuilder;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.SymRange;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchDtype;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// A dimension that was to vary and was fixed while tracing is an error that says where.
class BakedDimsTest {
  @Test
  void moreNamesThanDynamicDimensionsAreRefused() throws URISyntaxException {
    ExportOptions options = ExportOptions.standard().withDimNames(List.of("batch", "time"));
    assertThatThrownBy(() -> TorchExporter.export(program("conv1d_bn"), options))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("dimension time")
        .hasMessageContaining("1 dynamic dimensions");
  }

  @Test
  void symbolOfOneSizeIsRefused() throws URISyntaxException {
    ExportedProgram program = program("conv1d_bn");
    Map<String, SymRange> ranges = new LinkedHashMap<>();
    program.rangeConstraints().keySet().forEach(name -> ranges.put(name, new SymRange(3L, 3L)));
    assertThatThrownBy(
            () -> TorchExporter.export(withRanges(program, ranges), ExportOptions.standard()))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("dimension 0 may only be 3");
  }

  @Test
  void reshapeToTheTracedSizeIsNamed() throws URISyntaxException {
    ExportedProgram program = program("shapes");
    AtenNode view =
        program.graph().nodes().stream()
            .filter(node -> node.op().name().equals("view"))
            .findFirst()
            .orElseThrow();
    AtenGraphBuilder builder = AtenGraphBuilder.of(program.graph());
    builder.replaceNode(
        view.name(),
        List.of(
            view.withArguments(
                List.of(
                    view.arguments().getFirst(),
                    NamedArgument.of("size", new AtenArgument.Ints(List.of(3L, 20L)))))));
    builder.setMeta(view.output(), TensorMeta.contiguous(TorchDtype.FLOAT32, 3, 20));
    assertThatThrownBy(
            () ->
                TorchExporter.export(program.withGraph(builder.build()), ExportOptions.standard()))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("aten.view.default")
        .hasMessageContaining("the fixed sizes [3, 20]");
  }

  private static ExportedProgram withRanges(ExportedProgram of, Map<String, SymRange> ranges) {
    return new ExportedProgram(
        of.graph(),
        of.inputSpecs(),
        of.outputSpecs(),
        of.state(),
        of.constants(),
        ranges,
        of.moduleCalls(),
        of.info(),
        of.extraFiles(),
        of.sampleInputs());
  }

  private static ExportedProgram program(String name) throws URISyntaxException {
    URL archive = Objects.requireNonNull(BakedDimsTest.class.getResource("/pt2/" + name + ".pt2"));
    return Pt2Reader.read(Path.of(archive.toURI()));
  }
}
