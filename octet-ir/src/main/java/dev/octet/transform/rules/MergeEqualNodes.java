package dev.octet.transform.rules;

import dev.octet.ir.Attribute;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.transform.ModelRewrite;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Common-subexpression elimination: of several nodes that compute the same from the same values,
/// the first stays and the others' readers read it.
///
/// Small constants count as the same when their data is. Left alone are quantizers, of which some
/// runtimes want one for each reader ([#ofDequantizers()] merges those alone), and whatever gives
/// another result every time.
public final class MergeEqualNodes implements ModelRewrite {
  /// Bytes up to which constants are compared by their data.
  private static final long COMPARED = 1024;

  private static final String DEQUANTIZER = "DequantizeLinear";

  private static final Set<String> KEPT =
      Set.of(
          DEQUANTIZER,
          "QuantizeLinear",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Multinomial",
          "Bernoulli",
          "Dropout",
          "Constant");

  /// What equal nodes have in common.
  ///
  /// @param operands a [Tensor] for a small constant, else a [Value], else `null`
  /// @param present which outputs the node computes
  private record Computation(
      String domain,
      String operator,
      List<@Nullable Object> operands,
      Map<String, Attribute> attributes,
      List<Boolean> present) {}

  private final String name;
  private final String description;
  private final Predicate<Node> candidates;

  /// Of all nodes but quantizers.
  public MergeEqualNodes() {
    this(
        "merge-equal-nodes",
        "Nodes that compute the same from the same values become one.",
        node -> !KEPT.contains(node.opType()));
  }

  private MergeEqualNodes(String name, String description, Predicate<Node> candidates) {
    this.name = name;
    this.description = description;
    this.candidates = candidates;
  }

  /// Of `DequantizeLinear` alone, for runtimes that give each reader its own again where they fuse
  /// it, as ONNX Runtime's optimizer does.
  public static MergeEqualNodes ofDequantizers() {
    return new MergeEqualNodes(
        "merge-equal-dequantizers",
        "Codes that several nodes read are dequantized once.",
        node -> node.is(DEQUANTIZER));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void apply(GraphEditor editor, RewriteLog log) {
    merge(editor.graph(), new RewriteContext(editor), log);
  }

  private void merge(Graph graph, RewriteContext context, RewriteLog log) {
    Map<Computation, Node> seen = new HashMap<>();
    for (Node node : graph.nodes()) {
      List<Graph> subgraphs = node.subgraphs();
      subgraphs.forEach(subgraph -> merge(subgraph, context, log));
      if (subgraphs.isEmpty() && candidates.test(node)) {
        Node first = seen.putIfAbsent(computation(node), node);
        if (first != null) {
          merge(node, first, context, log);
        }
      }
    }
  }

  private static void merge(Node node, Node first, RewriteContext context, RewriteLog log) {
    String where = node.describe();
    for (int i = 0; i < node.outputs().size(); i++) {
      Value output = node.outputs().get(i);
      if (output != null && !context.canReplace(output, first.output(i))) {
        log.declined(where, "callers see both it and " + first.describe() + ", which is equal");
        return;
      }
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      Value output = node.outputs().get(i);
      if (output != null && !output.isUnused()) {
        context.editor().replaceAllUses(output, first.output(i));
      }
    }
    context.editor().remove(node);
    log.applied(where, "equal to " + first.describe() + ", which takes its place");
  }

  private static Computation computation(Node node) {
    List<@Nullable Object> operands = new ArrayList<>();
    for (Value input : node.inputs()) {
      Tensor data = input != null && input.isConstant() ? input.initializer().orElseThrow() : null;
      operands.add(data != null && data.byteSize() <= COMPARED ? data : input);
    }
    List<Boolean> present = node.outputs().stream().map(output -> output != null).toList();
    return new Computation(node.domain(), node.opType(), operands, node.attributes(), present);
  }
}
