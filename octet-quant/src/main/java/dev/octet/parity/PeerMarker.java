package dev.octet.parity;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/// Visits the nodes of the main graph in order and lets each operator's rule mark tensors.
final class PeerMarker {
  private final PeerGraph graph;
  private final PeerOptions options;
  private final PeerOperators operators;
  private final PeerGrids grids;
  private final PeerMarks marks;

  PeerMarker(PeerGraph graph, PeerOptions options, PeerOperators operators, PeerGrids grids) {
    this.graph = graph;
    this.options = options;
    this.operators = operators;
    this.grids = grids;
    this.marks = new PeerMarks(graph);
  }

  /// Marks everything.
  PeerMarks run() {
    for (Node node : graph.nodes()) {
      if (operators.takes(node)) {
        PeerRule.of(node).mark(node, this);
        marks.read(node);
      }
    }
    return marks;
  }

  PeerGraph graph() {
    return graph;
  }

  PeerOptions options() {
    return options;
  }

  PeerMarks marks() {
    return marks;
  }

  /// Marks the first result, unless results of the operator are to stay in float.
  void result(Node node) {
    if (wantsResults(node)) {
      marks.activation(node.output(0));
    }
  }

  /// Marks every result.
  void results(Node node) {
    if (wantsResults(node)) {
      node.outputs().forEach(marks::activation);
    }
  }

  /// Marks the first result as sharing an input's parameters.
  void resultLike(Node node, Value input) {
    if (wantsResults(node)) {
      marks.shared(node.output(0), input, node);
    }
  }

  /// Marks every result as sharing an input's parameters.
  void resultsLike(Node node, Value input) {
    if (wantsResults(node)) {
      node.outputs().forEach(output -> marks.shared(output, input, node));
    }
  }

  /// Marks a weight.
  ///
  /// @param axis its channels
  /// @param opType the operator the user may have stated another axis for; empty where the peer
  ///     does not ask
  void weight(Value weight, int axis, String opType) {
    marks.weight(weight, channelAxis(weight, axis, opType));
  }

  /// Marks a bias, if it is an initializer; one with overrides is quantized like a weight.
  void bias(Value bias, Node node, Value input, Value weight, float factor) {
    if (!options.overrides().getOrDefault(bias.name(), List.of()).isEmpty()) {
      weight(bias, 0, "");
    } else if (graph.isInitializer(bias) && graph.realType(bias).isPresent()) {
      marks.bias(bias, node, input, weight, factor);
    }
  }

  /// The axis with a scale for each index; empty when there is one scale for all, also because the
  /// tensor has no such axis.
  OptionalInt channelAxis(Value weight, int axis, String opType) {
    if (!graph.isInitializer(weight)) {
      return OptionalInt.empty();
    }
    List<PeerOverride> overrides = options.overrides().getOrDefault(weight.name(), List.of());
    boolean perChannel = isPerChannel(overrides);
    boolean byDefault = overrides.isEmpty() && options.has(PeerSwitch.PER_CHANNEL);
    if (!perChannel && !byDefault) {
      return OptionalInt.empty();
    }
    int wanted = options.channelAxes().getOrDefault(opType, axis);
    if (perChannel) {
      wanted = Objects.requireNonNull(overrides.getFirst().axis());
    }
    int rank = weight.initializer().orElseThrow().dims().size();
    int normalized = wanted < 0 ? wanted + rank : wanted;
    return normalized >= 0 && normalized < rank ? OptionalInt.of(normalized) : OptionalInt.empty();
  }

  /// Whether the codes of a rectifier's result can do its work: both ranges are known and not
  /// converted, and nobody else reads what it reads.
  ///
  /// The peer also removes a rectifier whose result is to stay in float, and one whose codes do not
  /// begin at 0, which loses it; this keeps it.
  boolean canRemove(Node rectifier, Value input) {
    return !options.has(PeerSwitch.ACTIVATION_SYMMETRIC)
        && !options.has(PeerSwitch.KEEP_RECTIFIERS)
        && wantsResults(rectifier)
        && grids.hasPlainRange(rectifier.output(0))
        && grids.hasPlainRange(input)
        && (!rectifier.opType().equals("Relu") || grids.beginsAtZero(rectifier.output(0)))
        && graph.hasOneReader(input)
        && !input.isGraphOutput()
        && !input.isGraphInput();
  }

  private boolean wantsResults(Node node) {
    return !options.withoutResults().contains(node.opType());
  }

  static boolean isPerChannel(List<PeerOverride> overrides) {
    return !overrides.isEmpty() && overrides.getFirst().axis() != null;
  }
}
