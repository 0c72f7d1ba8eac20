package dev.octet.align.layers;

import dev.octet.ir.Attribute;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.plan.Places;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The tensors a model computes, in the order it does, those of branches and bodies before the
/// results of their node.
public final class ComputedValues {
  /// Operators on sequences and optional values that give tensors.
  private static final Set<String> TENSORS =
      Set.of("SequenceAt", "SequenceLength", "ConcatFromSequence", "OptionalHasElement");

  private final Places names;
  private final Map<String, Value> byName = new LinkedHashMap<>();
  private final Map<Value, List<Place.Body>> bodies = new HashMap<>();

  private ComputedValues(Model model) {
    this.names = Places.of(model);
    walk(model.graph(), List.of());
  }

  public static ComputedValues of(Model model) {
    return new ComputedValues(model);
  }

  /// By what a plan calls them: in the main graph their names, else the way there.
  public Map<String, Value> byName() {
    return Collections.unmodifiableMap(byName);
  }

  /// What a plan calls a value.
  public String name(Value value) {
    return names.of(value);
  }

  /// Where one of these values is computed.
  public Place place(Value value) {
    return new Place(
        name(value), value.producer().map(Node::describe).orElse("input"), "", "", bodies(value));
  }

  /// The branches and bodies around one of these values, outermost first.
  public List<Place.Body> bodies(Value value) {
    return Objects.requireNonNull(bodies.get(value));
  }

  private void walk(Graph graph, List<Place.Body> around) {
    for (Node node : graph.nodes()) {
      node.attributes()
          .forEach(
              (name, attribute) -> {
                switch (attribute) {
                  case Attribute.OfGraph(Graph body) -> walk(body, inside(around, node, name));
                  case Attribute.OfGraphs(List<Graph> list) -> {
                    for (int i = 0; i < list.size(); i++) {
                      walk(list.get(i), inside(around, node, name + i));
                    }
                  }
                  default -> {}
                }
              });
      for (Value output : node.outputs()) {
        if (output != null && isTensor(output)) {
          byName.put(names.of(output), output);
          bodies.put(output, around);
        }
      }
    }
  }

  /// As far as the operators tell: a sequence or optional value is none.
  private static boolean isTensor(Value value) {
    if (value.type().isPresent()) {
      return value.type().get() instanceof ValueType.OfTensor;
    }
    Node node = value.producer().orElse(null);
    if (node == null || TENSORS.contains(node.opType())) {
      return true;
    }
    int index = node.outputs().indexOf(value);
    return switch (node.opType()) {
      case "Identity" -> node.input(0).map(ComputedValues::isTensor).orElse(true);
      case "If" -> result(node, index);
      case "Loop" -> result(node, index + 1);
      default -> !node.opType().contains("Sequence") && !node.opType().contains("Optional");
    };
  }

  private static boolean result(Node node, int index) {
    return node.subgraphs().stream()
        .allMatch(body -> index >= body.outputs().size() || isTensor(body.outputs().get(index)));
  }

  private static List<Place.Body> inside(List<Place.Body> around, Node node, String name) {
    List<Place.Body> all = new ArrayList<>(around);
    all.add(new Place.Body(node.describe(), name, !node.is("If")));
    return List.copyOf(all);
  }
}
