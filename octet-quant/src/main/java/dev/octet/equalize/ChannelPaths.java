package dev.octet.equalize;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds the channel paths of a model.
public final class ChannelPaths {
  /// Operators with `f(s·x) = s·f(x)` for `s > 0` in every channel, whatever their attributes.
  private static final Set<String> HOMOGENEOUS =
      Set.of(
          "Relu",
          "LeakyRelu",
          "MaxPool",
          "AveragePool",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "Identity");

  private ChannelPaths() {}

  /// The paths of the main graph, in execution order. Batch normalization must be folded first.
  public static List<ChannelPath> of(Graph graph) {
    List<ChannelPath> paths = new ArrayList<>();
    for (Node node : graph.nodes()) {
      from(node).ifPresent(paths::add);
    }
    return paths;
  }

  private static Optional<ChannelPath> from(Node first) {
    int channels = channelsWritten(first);
    if (channels < 2) {
      return Optional.empty();
    }
    List<Node> between = new ArrayList<>();
    Optional<Node> next = onlyReader(first.output(0));
    while (next.isPresent() && isHomogeneous(next.get())) {
      between.add(next.get());
      next = onlyReader(next.get().output(0));
    }
    if (next.isEmpty() || channelsRead(next.get()) != channels) {
      return Optional.empty();
    }
    Value activation = between.isEmpty() ? first.output(0) : between.getFirst().output(0);
    return Optional.of(new ChannelPath(first, between, next.get(), activation, channels));
  }

  private static boolean isHomogeneous(Node node) {
    return node.domain().isEmpty()
        && HOMOGENEOUS.contains(node.opType())
        && node.outputs().size() == 1;
  }

  /// The node that alone reads `value`, once, in the same graph; empty for graph outputs.
  private static Optional<Node> onlyReader(Value value) {
    if (value.isGraphOutput() || value.uses().size() != 1) {
      return Optional.empty();
    }
    return Optional.of(value.uses().getFirst())
        .filter(use -> use.index() == 0)
        .map(dev.octet.ir.Use::node)
        .filter(node -> value.producer().map(Node::graph).filter(node.graph()::equals).isPresent());
  }

  /// Channels a layer computes, if its weight and bias are its own to change; else 0.
  private static int channelsWritten(Node node) {
    Optional<DenseTensor> weight = ownConstant(node, 1);
    boolean biasIsOwn = node.input(2).isEmpty() || ownConstant(node, 2).isPresent();
    if (weight.isEmpty() || !biasIsOwn) {
      return 0;
    }
    if (node.is("Conv")) {
      return Math.toIntExact(weight.get().dims().getFirst());
    }
    if (node.is("Gemm")) {
      return Math.toIntExact(weight.get().dims().get(ChannelScaling.outputAxis(node)));
    }
    return 0;
  }

  /// Channels a layer reads, if its weight is its own to change; else 0.
  private static int channelsRead(Node node) {
    Optional<DenseTensor> weight = ownConstant(node, 1);
    if (weight.isEmpty()) {
      return 0;
    }
    if (node.is("Conv") && node.intAttribute("group", 1) == 1) {
      return Math.toIntExact(weight.get().dims().get(1));
    }
    boolean matrix = node.is("MatMul") && weight.get().dims().size() == 2;
    if (matrix || (node.is("Gemm") && node.intAttribute("transA", 0) == 0)) {
      return Math.toIntExact(weight.get().dims().get(ChannelScaling.inputAxis(node)));
    }
    return 0;
  }

  /// A float constant that no other node reads.
  private static Optional<DenseTensor> ownConstant(Node node, int input) {
    return node.input(input)
        .filter(Value::isConstant)
        .filter(value -> value.uses().size() == 1 && !value.isGraphOutput())
        .flatMap(Value::initializer)
        .filter(DenseTensor.class::isInstance)
        .map(DenseTensor.class::cast)
        .filter(tensor -> tensor.dataType() == DataType.FLOAT);
  }
}
