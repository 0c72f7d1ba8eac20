package dev.octet.libtorch.train;

import dev.octet.diagnostic.OctetException;
import dev.octet.libtorch.exec.GraphPlan;
import dev.octet.libtorch.exec.TorchValue;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.OutputSpec;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/// A graph that classifies: one float input, one output whose last axis holds the classes.
///
/// Whether the output already holds log-probabilities is read off the graph: then the loss is the
/// negative log-likelihood, otherwise the cross-entropy of the logits.
final class Classifier {
  private static final Set<String> RESHAPES =
      Set.of("view", "reshape", "squeeze", "unsqueeze", "flatten", "contiguous", "clone");

  private final GraphPlan plan;
  private final int output;
  private final boolean logProbabilities;

  /// @param program says which output is the user's
  /// @param graph one of the program's graphs
  /// @throws OctetException (`BAD_INPUT`) when the program has several inputs or outputs
  Classifier(ExportedProgram program, AtenGraph graph) {
    List<String> outputs = program.userOutputValues();
    if (program.userInputs().size() != 1 || outputs.size() != 1) {
      throw OctetException.badInput(
          "not-a-classifier",
          String.join(", ", outputs),
          "training needs a program with one input and one output, this one has %d and %d"
              .formatted(program.userInputs().size(), outputs.size()),
          "");
    }
    this.plan = GraphPlan.of(graph);
    int index = 0;
    while (!(program.outputSpecs().get(index) instanceof OutputSpec.UserOutput)) {
      index++;
    }
    this.output = index;
    this.logProbabilities = isLogSoftmax(graph, graph.outputs().get(index));
  }

  /// Log-probabilities of each class, `[N, C]`.
  Tensor logProbabilities(List<TorchValue> arguments) {
    Tensor result = plan.run(arguments).get(output).asTensor();
    Tensor rows = result.reshape(-1, result.size(-1));
    return logProbabilities ? rows : rows.log_softmax(1);
  }

  private static boolean isLogSoftmax(AtenGraph graph, AtenArgument output) {
    List<String> names = output.references();
    for (AtenNode node : graph.nodes().reversed()) {
      if (node.outputNames().stream().anyMatch(names::contains)) {
        if (node.op().name().contains("log_softmax")) {
          return true;
        } else if (RESHAPES.contains(node.op().name())) {
          names = node.inputNames();
        } else {
          return false;
        }
      }
    }
    return false;
  }
}
