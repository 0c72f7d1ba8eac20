package dev.octet.runtime;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.plan.Places;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// A copy of a model whose inner values are outputs.
///
/// A value of the main graph becomes an output as it is. One inside a subgraph, called by its place
/// ([Places]), is brought out flat, as floats of shape `[n]` or, from a loop, a row an iteration:
/// see [SubgraphExit].
final class ObservedModel {
  private ObservedModel() {}

  /// Adds outputs by name only: ONNX Runtime infers their types, so none need be known here.
  ///
  /// @throws OctetException `USAGE` when the model has no value of such a name, or it lies where it
  ///     cannot be brought out
  static Model of(Model model, String description, Collection<String> observe) {
    Model copy = model.copy();
    Map<String, Value> values = new LinkedHashMap<>();
    Places.of(copy).values().forEach((value, name) -> values.putIfAbsent(name, value));
    List<String> missing = observe.stream().filter(name -> !values.containsKey(name)).toList();
    if (!missing.isEmpty()) {
      throw OctetException.usage(
          "value-unknown",
          description,
          "has no value " + String.join(", ", missing.stream().map(n -> "'" + n + "'").toList()),
          "inspect lists the names");
    }
    LinkedHashSet<Value> inMain = new LinkedHashSet<>(copy.graph().values());
    SubgraphExit exit = SubgraphExit.of(copy, description);
    copy.edit(
        editor -> {
          for (String name : new LinkedHashSet<>(observe)) {
            Value value = values.get(name);
            if (value == null) {
              continue;
            }
            if (inMain.contains(value)) {
              expose(editor, copy.graph(), value);
            } else {
              editor.addOutput(copy.graph(), exit.bringOut(editor, value, name));
            }
          }
        });
    return copy;
  }

  private static void expose(GraphEditor editor, Graph graph, Value value) {
    if (graph.outputs().contains(value)) {
      return;
    }
    if (value.producer().isPresent() && value.initializer().isEmpty()) {
      editor.setType(value, null);
    }
    editor.addOutput(graph, value);
  }
}
