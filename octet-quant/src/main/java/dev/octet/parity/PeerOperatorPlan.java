package dev.octet.parity;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Node;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.RealType;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.NodePlan;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.TensorPlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Writes a static plan of integer operators. The peer goes through the nodes once; what a node
/// becomes depends on what is there as codes by then.
final class PeerOperatorPlan {
  /// Operators that are quantized whatever the type of their first input.
  private static final Set<String> UNCHECKED = Set.of("Where", "EmbedLayerNormalization");

  private PeerOperatorPlan() {}

  static QuantizationPlan make(PeerGraph graph, PeerOptions options, CalibrationTable table) {
    requireEightBits(options);
    PeerOperators operators = new PeerOperators(options);
    PeerOperatorBook book = new PeerOperatorBook(graph, options, operators, table);
    List<NodePlan> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Optional<PeerOperatorRule> rule =
          PeerOperatorRule.of(node).filter(r -> takes(node, graph, operators));
      nodes.add(
          new NodePlan(
              QuantizationScheme.label(node),
              firstOutput(node),
              QuantizationScheme.opType(node),
              rule.map(r -> r.plan(node, book))
                  .orElseGet(() -> PeerOperatorRule.kept("it is not to be quantized"))));
    }
    return new QuantizationPlan(
        OutputFormat.QOPERATOR, OutputStyle.PEER, nodes, read(nodes, book.tensors()));
  }

  /// What is read. A rule may give up after it has noted what its node would read.
  private static List<TensorPlan> read(List<NodePlan> nodes, List<TensorPlan> tensors) {
    Set<String> keys = new HashSet<>();
    for (NodePlan node : nodes) {
      if (node.fate() instanceof NodePlan.Fate.Quantized quantized) {
        quantized.reads().forEach(read -> keys.add(read.tensor()));
      }
    }
    return tensors.stream()
        .filter(
            tensor ->
                keys.contains(tensor.key())
                    || (tensor instanceof TensorPlan.Activation activation
                        && activation.readers() == TensorPlan.Readers.ALL))
        .toList();
  }

  /// The peer refuses 16-bit codes, fails over 4-bit ones and writes float8 operators that no
  /// kernel of the CPU runs.
  private static void requireEightBits(PeerOptions options) {
    List<Diagnostic> found = new ArrayList<>();
    for (QuantType type : new QuantType[] {options.activationType(), options.weightType()}) {
      if (type != QuantType.UINT8 && type != QuantType.INT8) {
        found.add(
            new Diagnostic(
                "format-takes-8-bits",
                "type " + type,
                "integer operators take UINT8 and INT8 codes",
                "use QUInt8 or QInt8, or format QDQ"));
      }
    }
    if (!found.isEmpty()) {
      throw new OctetException(OctetException.Kind.USAGE, found.stream().distinct().toList(), null);
    }
  }

  private static boolean takes(Node node, PeerGraph graph, PeerOperators operators) {
    if (node.opType().equals("Where")) {
      return true;
    }
    boolean floats = isFloat(node, 0, graph);
    boolean secondFloats = isFloat(node, 1, graph);
    return operators.takes(node)
        && (UNCHECKED.contains(node.opType())
            || floats
            || (node.opType().equals("MatMul") && secondFloats));
  }

  /// Integer operators have scales of 32 bits, and those that convert take 16-bit floats in newer
  /// opsets only: the peer writes such models all the same, and ONNX Runtime refuses them.
  private static boolean isFloat(Node node, int index, PeerGraph graph) {
    return node.input(index)
        .flatMap(graph::realType)
        .filter(real -> real == RealType.FLOAT)
        .isPresent();
  }

  private static String firstOutput(Node node) {
    return node.outputs().stream()
        .filter(java.util.Objects::nonNull)
        .findFirst()
        .map(value -> value.name())
        .orElse(QuantizationScheme.label(node));
  }
}
