package dev.octet.torch.export;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.testkit.OperatorGoldens;
import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenGraphBuilder;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.OutputSpec;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.torch.graph.TorchMemoryFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `resize_` cannot become is refused with what works instead.
class StorageTranslatorTest {
  private ExportedProgram program;

  @BeforeEach
  void read(@TempDir Path folder) throws IOException {
    try (InputStream zip =
        Objects.requireNonNull(getClass().getResourceAsStream("/core-aten.zip"))) {
      OperatorGoldens.unpack(zip, folder);
    }
    program = Pt2Reader.read(folder.resolve("resize_.default/00.pt2"));
  }

  @Test
  void numbersNobodyHasWrittenAreRefused() {
    AtenNode resize = resize();
    AtenNode grown =
        resize.withArguments(
            List.of(
                resize.arguments().getFirst(),
                NamedArgument.of("size", new AtenArgument.Ints(List.of(3L, 3L)))));
    AtenGraph graph =
        AtenGraphBuilder.of(program.graph())
            .replaceNode(resize.name(), List.of(grown))
            .setMeta(resize.output(), TensorMeta.contiguous(TorchDtype.FLOAT32, 3, 3))
            .build();
    assertThatThrownBy(() -> export(program.withGraph(graph)))
        .hasMessageContaining("from 8 to 9 numbers")
        .hasMessageContaining("torch.zeros");
  }

  @Test
  void channelsLastIsRefused() {
    AtenNode resize = resize();
    List<NamedArgument> arguments = new ArrayList<>(resize.arguments());
    arguments.add(
        NamedArgument.keyword(
            "memory_format", new AtenArgument.MemoryFormat(TorchMemoryFormat.CHANNELS_LAST)));
    AtenGraph graph =
        AtenGraphBuilder.of(program.graph())
            .replaceNode(resize.name(), List.of(resize.withArguments(arguments)))
            .build();
    assertThatThrownBy(() -> export(program.withGraph(graph)))
        .hasMessageContaining("CHANNELS_LAST")
        .hasMessageContaining("leave memory_format out");
  }

  /// A view of the memory as it was, read after its sizes have changed.
  @Test
  void sharedMemoryIsRefused() {
    AtenNode resize = resize();
    AtenNode view =
        call(
            "flat",
            AtenOp.aten("view", "default"),
            resize.arguments().getFirst(),
            NamedArgument.of("size", new AtenArgument.Ints(List.of(8L))));
    AtenNode sum =
        call(
            "sum",
            AtenOp.aten("sum", "default"),
            NamedArgument.of("self", AtenArgument.tensor("flat")));
    AtenNode product =
        call(
            "product",
            AtenOp.aten("mul", "Tensor"),
            NamedArgument.of("self", AtenArgument.tensor(resize.output())),
            NamedArgument.of("other", AtenArgument.tensor("sum")));
    AtenGraph graph =
        AtenGraphBuilder.of(program.graph())
            .replaceNode(resize.name(), List.of(view, resize, sum, product))
            .setMeta("flat", TensorMeta.contiguous(TorchDtype.FLOAT32, 8))
            .setMeta("sum", TensorMeta.contiguous(TorchDtype.FLOAT32))
            .setMeta("product", program.graph().meta(resize.output()))
            .replaceOutput(resize.output(), "product")
            .build();
    ExportedProgram shared =
        program
            .withGraph(graph)
            .withOutputSpecs(List.of(new OutputSpec.UserOutput(AtenArgument.tensor("product"))));
    assertThatThrownBy(() -> export(shared))
        .hasMessageContaining("read through another view afterwards")
        .hasMessageContaining("use reshape");
  }

  private AtenNode resize() {
    return program.graph().nodes().stream()
        .filter(node -> node.op().name().equals("resize_"))
        .findFirst()
        .orElseThrow();
  }

  private static AtenNode call(String name, AtenOp op, NamedArgument... arguments) {
    return AtenNode.of(name, op, List.of(arguments), Map.of());
  }

  private static void export(ExportedProgram program) {
    TorchExporter.export(program, ExportOptions.standard());
  }
}
