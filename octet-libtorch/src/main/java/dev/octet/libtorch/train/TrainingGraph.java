package dev.octet.libtorch.train;

import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenGraphBuilder;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.NamedArgument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Turns the graph of a network in evaluation mode into the same network in training mode.
///
/// `torch.export` fixes the mode at export, but the operators that differ carry it as an argument:
/// batch normalization gets `training=true` and updates its running statistics, dropout drops. A
/// batch counter the program holds but an evaluation graph does not touch is counted up again.
public final class TrainingGraph {
  private static final String NO_TRAINING = "_native_batch_norm_legit_no_training";

  private TrainingGraph() {}

  /// The program's graph in training mode. Inputs and outputs stay as they are.
  public static AtenGraph of(ExportedProgram program) {
    AtenGraphBuilder builder = AtenGraphBuilder.of(program.graph());
    Map<String, String> counters = counters(program);
    for (AtenNode node : program.graph().nodes()) {
      if (!node.op().namespace().equals("aten")) {
        continue;
      }
      switch (node.op().name()) {
        case "batch_norm", NO_TRAINING -> {
          builder.replaceNode(node.name(), List.of(normalizing(node)));
          node.tensorArgument("running_mean")
              .flatMap(mean -> Optional.ofNullable(counters.get(mean)))
              .ifPresent(counter -> builder.insertAfter(node.name(), count(builder, counter)));
        }
        case "dropout",
            "dropout_",
            "feature_dropout",
            "feature_dropout_",
            "alpha_dropout",
            "alpha_dropout_",
            "feature_alpha_dropout",
            "native_dropout" ->
            builder.replaceNode(
                node.name(), List.of(node.withArgument("train", AtenArgument.of(true))));
        default -> {}
      }
    }
    return builder.build();
  }

  private static AtenNode normalizing(AtenNode node) {
    if (!node.op().name().equals(NO_TRAINING)) {
      return node.withArgument("training", AtenArgument.of(true));
    }
    List<NamedArgument> arguments = new ArrayList<>();
    for (NamedArgument argument : node.arguments()) {
      if (argument.name().equals("momentum")) {
        arguments.add(NamedArgument.of("training", AtenArgument.of(true)));
      }
      arguments.add(argument);
    }
    AtenOp op = AtenOp.aten("_native_batch_norm_legit", "default");
    return new AtenNode(
        node.name(), op, arguments, node.outputs(), node.metadata(), node.singleTensorReturn());
  }

  private static AtenNode count(AtenGraphBuilder builder, String counter) {
    String name = builder.freshName(counter + "_next");
    builder.setMeta(name, builder.meta(counter));
    return AtenNode.of(
        name,
        AtenOp.aten("add_", "Tensor"),
        List.of(
            NamedArgument.of("self", AtenArgument.tensor(counter)),
            NamedArgument.of("other", AtenArgument.of(1L))),
        Map.of());
  }

  /// Graph inputs holding batch counters that nothing reads, by the input holding the running mean
  /// of the same layer.
  private static Map<String, String> counters(ExportedProgram program) {
    Map<String, String> byFqn = new HashMap<>();
    for (InputSpec spec : program.inputSpecs()) {
      if (spec instanceof InputSpec.Buffer(String value, String fqn, boolean _)) {
        byFqn.put(fqn, value);
      }
    }
    List<String> read =
        program.graph().nodes().stream().flatMap(node -> node.inputNames().stream()).toList();
    Map<String, String> counters = new HashMap<>();
    byFqn.forEach(
        (fqn, value) -> {
          String counter = byFqn.get(fqn.replaceAll("running_mean$", "num_batches_tracked"));
          if (fqn.endsWith("running_mean") && counter != null && !read.contains(counter)) {
            counters.put(value, counter);
          }
        });
    return counters;
  }
}
