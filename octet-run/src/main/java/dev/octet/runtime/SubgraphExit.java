package dev.octet.runtime;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Attribute;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;

/// Brings values out of the subgraphs of `If`, `Loop` and `Scan`, through as many as there are
/// around them.
///
/// Out of a branch of an `If` the value becomes one more output of the `If`; the other branch gives
/// an empty tensor. Out of the body of a `Loop` or `Scan` it becomes one more scan output, a row an
/// iteration. So that types and ranks agree, whatever is brought out is made float and flat first.
/// What a body computes must be as large in every iteration, as for every scan output.
final class SubgraphExit {
  private static final int FLOAT = 1;

  private final String description;

  /// Which node a subgraph belongs to.
  private final Map<Graph, Node> owners = new HashMap<>();

  /// Which subgraph a value is defined in.
  private final Map<Value, Graph> homes = new HashMap<>();

  private SubgraphExit(String description) {
    this.description = description;
  }

  static SubgraphExit of(Model model, String description) {
    SubgraphExit exit = new SubgraphExit(description);
    exit.walk(model.graph());
    return exit;
  }

  /// @param value of a subgraph
  /// @param name the value that is to hold it in the main graph
  Value bringOut(GraphEditor editor, Value value, String name) {
    Value current = value;
    Graph home = homes.get(value);
    while (home != null && owners.get(home) != null) {
      Node owner = owners.get(home);
      boolean last = !owners.containsKey(owner.graph());
      Value outside =
          last ? editor.namedValue(name, null) : editor.newValue(value.name() + "_out", null);
      through(editor, owner, home, flat(editor, home, current, name), outside);
      current = outside;
      home = owner.graph();
    }
    return current;
  }

  private void through(GraphEditor editor, Node owner, Graph home, Value inside, Value outside) {
    switch (owner.opType()) {
      case "If" -> {
        for (Graph branch : owner.subgraphs()) {
          editor.addOutput(branch, branch.equals(home) ? inside : nothing(editor, branch));
        }
      }
      case "Loop" -> editor.addOutput(home, inside);
      case "Scan" -> {
        editor.addOutput(home, inside);
        oneMore(editor, owner, "scan_output_axes");
        oneMore(editor, owner, "scan_output_directions");
      }
      default ->
          throw OctetException.usage(
              "value-not-observable",
              description + ", " + owner.describe(),
              "holds '" + inside.name() + "' in a subgraph that gives nothing out",
              "only values in If, Loop and Scan can be observed");
    }
    editor.addNodeOutput(owner, outside);
  }

  private static Value flat(GraphEditor editor, Graph graph, Value value, String hint) {
    Value floats = editor.newValue(hint + "_float", null);
    editor.append(graph, NodeSpec.of("Cast").inputs(value).outputs(floats).attribute("to", FLOAT));
    Value shape =
        editor.addInitializer(graph, hint + "_shape", DenseTensor.ofLongs(new long[] {-1}, 1));
    Value flat = editor.newValue(hint + "_flat", null);
    editor.append(graph, NodeSpec.of("Reshape").inputs(floats, shape).outputs(flat));
    return flat;
  }

  private static Value nothing(GraphEditor editor, Graph branch) {
    Value empty = editor.newValue("nothing", null);
    editor.append(
        branch,
        NodeSpec.of("Constant")
            .outputs(empty)
            .attribute("value", new Attribute.OfTensor(DenseTensor.ofFloats(new float[0], 0))));
    return empty;
  }

  /// Where a Scan says something of each of its scan outputs, it says the usual of the new one.
  private static void oneMore(GraphEditor editor, Node scan, String attribute) {
    scan.intsAttribute(attribute)
        .ifPresent(
            each ->
                editor.setAttribute(
                    scan,
                    attribute,
                    new Attribute.OfInts(
                        LongStream.concat(LongStream.of(each), LongStream.of(0))
                            .boxed()
                            .toList())));
  }

  private void walk(Graph graph) {
    graph.values().forEach(value -> homes.put(value, graph));
    for (Node node : graph.nodes()) {
      for (Graph subgraph : node.subgraphs()) {
        owners.put(subgraph, node);
        walk(subgraph);
      }
    }
  }
}
