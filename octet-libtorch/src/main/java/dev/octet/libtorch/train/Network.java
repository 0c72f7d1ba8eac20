package dev.octet.libtorch.train;

import dev.octet.diagnostic.OctetException;
import dev.octet.libtorch.exec.GraphPlan;
import dev.octet.libtorch.exec.TorchValue;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.OutputSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/// One of a program's graphs, as what it answers.
///
/// Whether the first output already holds log-probabilities is read off the graph.
final class Network {
  private static final Set<String> RESHAPES =
      Set.of("view", "reshape", "squeeze", "unsqueeze", "flatten", "contiguous", "clone");

  private final GraphPlan plan;
  private final List<Integer> outputs = new ArrayList<>();
  private final boolean logProbabilities;

  /// @param program says which outputs are the user's
  /// @param graph one of the program's graphs
  /// @throws OctetException (`BAD_INPUT`) when no output holds 32-bit floats
  Network(ExportedProgram program, AtenGraph graph) {
    this.plan = GraphPlan.of(graph);
    for (int i = 0; i < program.outputSpecs().size(); i++) {
      if (program.outputSpecs().get(i) instanceof OutputSpec.UserOutput(AtenArgument value)
          && value.references().stream()
              .anyMatch(name -> program.graph().meta(name).dtype().isFloat())) {
        outputs.add(i);
      }
    }
    if (outputs.isEmpty()) {
      throw OctetException.badInput(
          "nothing-to-learn", "the program", "returns no floating-point tensor", "");
    }
    this.logProbabilities = isLogSoftmax(graph, graph.outputs().get(outputs.getFirst()));
  }

  /// The floating-point outputs, in order.
  List<Tensor> answers(List<TorchValue> arguments) {
    List<TorchValue> results = plan.run(arguments);
    return outputs.stream().map(index -> results.get(index).asTensor()).toList();
  }

  /// Scores of each class, `[N, C]`: the first answer, whose last axis holds the classes.
  static Tensor scores(List<Tensor> answers) {
    Tensor first = answers.getFirst();
    return first.reshape(-1, first.size(-1));
  }

  /// Log-probabilities of each class, `[N, C]`.
  Tensor logProbabilities(List<Tensor> answers) {
    Tensor scores = scores(answers);
    return logProbabilities ? scores : scores.log_softmax(1);
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
