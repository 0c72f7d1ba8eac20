package dev.octet.torch.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenGraphBuilder;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.OutputSpec;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Losses by class are ONNX's own; their numbers are compared in [ExportedArchivesTest].
class ClassLossTranslatorTest {
  private final ExportedProgram program = Pt2Reader.read(archive());

  @Test
  void onnxsOwnLossesAreWritten() {
    Model model = TorchExporter.export(program, ExportOptions.standard());
    assertThat(model.graph().nodes())
        .extracting(Node::opType)
        .contains("SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss");
  }

  @Test
  void theTargetsWeightIsRefused() {
    AtenNode loss =
        program.graph().nodes().stream()
            .filter(node -> node.op().name().equals("nll_loss_forward"))
            .findFirst()
            .orElseThrow();
    String weight = loss.outputNames().get(1);
    AtenGraph graph =
        AtenGraphBuilder.of(program.graph()).replaceOutput(loss.output(), weight).build();
    List<OutputSpec> outputs =
        graph.outputs().stream().<OutputSpec>map(OutputSpec.UserOutput::new).toList();
    ExportedProgram returning = program.withGraph(graph).withOutputSpecs(outputs);
    assertThat(graph.outputs()).contains(AtenArgument.tensor(weight));
    assertThatThrownBy(() -> TorchExporter.export(returning, ExportOptions.standard()))
        .hasMessageContaining("the weight of all targets together")
        .hasMessageContaining("weight[target].sum()");
  }

  private static Path archive() {
    URL url =
        Objects.requireNonNull(ClassLossTranslatorTest.class.getResource("/pt2/class_losses.pt2"));
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
