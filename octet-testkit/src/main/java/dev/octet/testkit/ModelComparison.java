package dev.octet.testkit;

import dev.octet.ir.Attribute;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether two models are the same graph. Names of intermediate values, of nodes and of
/// initializers do not count, nor does the order of nodes; operators, order of operands,
/// attributes, constants, and the names and types of graph inputs and outputs do.
///
/// Both graphs are walked from their outputs backwards, side by side, pairing values.
public final class ModelComparison {
  private final Tolerance tolerance;
  private final Map<Value, Value> pairs = new IdentityHashMap<>();
  private final Map<Node, Node> nodePairs = new IdentityHashMap<>();

  private ModelComparison(Tolerance tolerance) {
    this.tolerance = tolerance;
  }

  /// The first difference in words; empty when there is none.
  ///
  /// @param tolerance how far constants of floating-point type may be apart
  public static Optional<String> difference(Model actual, Model expected, Tolerance tolerance) {
    if (!actual.opsets().equals(expected.opsets())) {
      return Optional.of("expected opsets " + expected.opsets() + ", found " + actual.opsets());
    }
    try {
      ModelComparison comparison = new ModelComparison(tolerance);
      comparison.interfaces(actual.graph().inputs(), expected.graph().inputs(), "inputs");
      comparison.interfaces(actual.graph().outputs(), expected.graph().outputs(), "outputs");
      comparison.graphs(actual.graph(), expected.graph());
      return Optional.empty();
    } catch (Difference difference) {
      return Optional.of(difference.message);
    }
  }

  /// Ends the walk at the first difference.
  private static final class Difference extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String message;

    Difference(String message) {
      super(message);
      this.message = message;
    }
  }

  private void interfaces(List<Value> actual, List<Value> expected, String what) {
    List<String> actualNames = actual.stream().map(Value::name).toList();
    List<String> expectedNames = expected.stream().map(Value::name).toList();
    require(actualNames.equals(expectedNames), what, expectedNames, actualNames);
    for (int i = 0; i < expected.size(); i++) {
      ValueType stated = expected.get(i).type().orElse(null);
      if (stated != null) {
        Object found = actual.get(i).type().<Object>map(type -> type).orElse("nothing");
        require(stated.equals(found), "type of " + expected.get(i), stated, found);
      }
    }
  }

  private void graphs(Graph actual, Graph expected) {
    require(
        actual.inputs().size() == expected.inputs().size(),
        "inputs",
        expected.inputs(),
        actual.inputs());
    for (int i = 0; i < expected.inputs().size(); i++) {
      Value input = expected.inputs().get(i);
      pairs.put(actual.inputs().get(i), input);
      tensors(
          actual.inputs().get(i).initializer().orElse(null),
          input.initializer().orElse(null),
          "default of " + input);
    }
    require(
        actual.outputs().size() == expected.outputs().size(),
        "outputs",
        expected.outputs(),
        actual.outputs());
    for (int i = 0; i < expected.outputs().size(); i++) {
      values(actual.outputs().get(i), expected.outputs().get(i), expected.toString());
    }
    require(actual.nodeCount() == expected.nodeCount(), "nodes", expected.nodes(), actual.nodes());
  }

  private void values(@Nullable Value actual, @Nullable Value expected, String place) {
    if (actual == null || expected == null) {
      require(actual == expected, place, expected, actual);
      return;
    }
    Value known = pairs.putIfAbsent(actual, expected);
    if (known != null) {
      require(known == expected, place, expected, "the one that should be " + known);
      return;
    }
    if (expected.producer().isEmpty() || actual.producer().isEmpty()) {
      require(
          expected.producer().isEmpty() == actual.producer().isEmpty(),
          "source of " + expected,
          source(expected),
          source(actual));
      require(
          expected.isGraphInput() == actual.isGraphInput(),
          "source of " + expected,
          source(expected),
          source(actual));
      tensors(
          actual.initializer().orElse(null),
          expected.initializer().orElse(null),
          "constant " + expected);
      return;
    }
    Node actualNode = actual.producer().orElseThrow();
    Node expectedNode = expected.producer().orElseThrow();
    int actualIndex = actualNode.outputs().indexOf(actual);
    int expectedIndex = expectedNode.outputs().indexOf(expected);
    require(
        actualIndex == expectedIndex,
        "source of " + expected,
        "output " + expectedIndex,
        "output " + actualIndex);
    nodes(actualNode, expectedNode);
  }

  private void nodes(Node actual, Node expected) {
    Node known = nodePairs.putIfAbsent(actual, expected);
    if (known != null) {
      require(known == expected, "node", expected, "the one that should be " + known);
      return;
    }
    String place = expected.describe();
    require(actual.domain().equals(expected.domain()), place, expected, actual);
    require(actual.opType().equals(expected.opType()), place, expected, actual);
    require(
        actual.attributes().keySet().equals(expected.attributes().keySet()),
        "attributes of " + place,
        expected.attributes().keySet(),
        actual.attributes().keySet());
    require(
        actual.inputs().size() == expected.inputs().size(),
        "inputs of " + place,
        expected.inputs(),
        actual.inputs());
    for (int i = 0; i < expected.inputs().size(); i++) {
      values(actual.inputs().get(i), expected.inputs().get(i), "input " + i + " of " + place);
    }
    expected
        .attributes()
        .forEach(
            (name, attribute) -> {
              String of = "attribute '" + name + "' of " + place;
              Attribute found = actual.attributes().get(name);
              attributes(found, attribute, of);
            });
  }

  private void attributes(@Nullable Attribute actual, Attribute expected, String place) {
    if (actual instanceof Attribute.OfGraph(Graph found)
        && expected instanceof Attribute.OfGraph(Graph wanted)) {
      graphs(found, wanted);
    } else if (actual instanceof Attribute.OfTensor(Tensor found)
        && expected instanceof Attribute.OfTensor(Tensor wanted)) {
      tensors(found, wanted, place);
    } else {
      require(expected.equals(actual), place, expected, actual);
    }
  }

  private void tensors(@Nullable Tensor actual, @Nullable Tensor expected, String place) {
    if (actual == null || expected == null) {
      require(actual == expected, place, expected, actual);
      return;
    }
    TensorAssertions.difference(actual, expected, tolerance)
        .ifPresent(
            difference -> {
              throw new Difference(place + ": " + difference);
            });
  }

  private static String source(Value value) {
    return value
        .producer()
        .map(Node::describe)
        .orElse(value.isGraphInput() ? "graph input " + value : "constant " + value);
  }

  private static void require(
      boolean same, String place, @Nullable Object expected, @Nullable Object actual) {
    if (!same) {
      throw new Difference(place + ": expected " + expected + ", found " + actual);
    }
  }
}
