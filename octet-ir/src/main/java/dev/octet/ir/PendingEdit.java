package dev.octet.ir;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an edit has done so far and what it still owes: counts for its log, and values that are
/// read
/// but must get a source before it ends. Refuses what belongs to another model, and anything after
/// the end.
final class PendingEdit {
  int nodesAdded;
  int nodesRemoved;
  int valuesAdded;
  int valuesRemoved;
  int otherChanges;

  private final Model model;
  private final Set<Value> sourceless = new LinkedHashSet<>();
  private boolean open = true;

  PendingEdit(Model model) {
    this.model = model;
  }

  /// Ends the edit.
  ///
  /// @throws IllegalStateException when a value is read that nothing gives a content
  EditLog close() {
    open = false;
    for (Value value : sourceless) {
      require(value.hasSource() || value.isUnused(), value + " is read, but has no source");
    }
    return new EditLog(nodesAdded, nodesRemoved, valuesAdded, valuesRemoved, otherChanges);
  }

  /// A value has lost its source; should something read it again, the end of the edit finds out.
  void forget(Value value) {
    model.names().releaseValue(value.name());
    sourceless.add(value);
  }

  /// Cuts a removed subgraph's ties to values of the graphs around it.
  void releaseAll(Graph subgraph) {
    for (Node node : subgraph.nodes()) {
      for (Graph inner : node.subgraphs()) {
        releaseAll(inner);
      }
      model.names().releaseNode(node.name());
    }
    for (Value value : subgraph.values()) {
      model.names().releaseValue(value.name());
    }
    for (Node node : subgraph.nodes()) {
      node.disconnect();
    }
    for (Value output : subgraph.outputs()) {
      output.outputOf().remove(subgraph);
    }
  }

  /// Something reads the value now.
  void noteRead(@Nullable Value value) {
    if (value != null) {
      requireOurs(value);
      if (!value.hasSource()) {
        sourceless.add(value);
      }
    }
  }

  /// Setting what is set already is no change.
  void count(boolean changes) {
    otherChanges += changes ? 1 : 0;
  }

  void requireOpen() {
    require(open, "this editor's edit is over");
  }

  void requireOurs(Graph graph) {
    require(graph.model() == model, graph + " belongs to another model");
  }

  void requireOurs(Value value) {
    require(value.model() == model, value + " belongs to another model");
  }

  static void requireNoSubgraph(Node node, String attribute) {
    Attribute old = node.attributes().get(attribute);
    require(
        !(old instanceof Attribute.OfGraph) && !(old instanceof Attribute.OfGraphs),
        "attribute '" + attribute + "' of " + node.describe() + " is a subgraph");
  }

  static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalStateException(message);
    }
  }
}
