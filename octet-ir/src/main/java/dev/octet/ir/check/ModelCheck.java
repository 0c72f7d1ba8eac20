package dev.octet.ir.check;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether a model may be written: what the format asks of a graph's structure, whatever its
/// operators mean. Linear in the size of the model.
///
/// Found are: values read before they are computed, or never; names that are empty, or that would
/// make a reader find another value; initializers that contradict the type stated for them; domains
/// used but not imported. Not looked at are operators' own rules (inputs, attributes, types).
public final class ModelCheck {
  private final Model model;
  private final List<Diagnostic> findings = new ArrayList<>();
  private final Set<String> missingDomains = new HashSet<>();

  private ModelCheck(Model model) {
    this.model = model;
  }

  /// Everything wrong with the model, in graph order; empty when it is sound.
  public static List<Diagnostic> check(Model model) {
    ModelCheck check = new ModelCheck(model);
    check.graph(model.graph(), new Scope(null));
    return List.copyOf(check.findings);
  }

  /// What a node can see at one point of one graph: names to values, and the graphs around.
  private static final class Scope {
    final @Nullable Scope outer;
    final Map<String, Value> names = new HashMap<>();
    final Set<Value> defined = Collections.newSetFromMap(new IdentityHashMap<>());

    Scope(@Nullable Scope outer) {
      this.outer = outer;
    }

    boolean sees(Value value) {
      return defined.contains(value) || (outer != null && outer.sees(value));
    }

    @Nullable Value find(String name) {
      Value value = names.get(name);
      return value != null || outer == null ? value : outer.find(name);
    }
  }

  private void graph(Graph graph, Scope scope) {
    for (Value input : graph.inputs()) {
      define(input, scope, graph);
    }
    for (Value value : graph.initializers()) {
      if (!value.isGraphInput()) {
        define(value, scope, graph);
      }
      initializer(value);
    }
    for (Value value : graph.opaqueInitializers()) {
      if (!value.isGraphInput()) {
        define(value, scope, graph);
      }
    }
    for (Node node : graph.nodes()) {
      node(node, scope, graph);
    }
    for (Value output : graph.outputs()) {
      read(output, scope, "output '" + output.name() + "' of " + graph);
    }
  }

  private void node(Node node, Scope scope, Graph graph) {
    if (node.opType().isEmpty()) {
      report("node-without-operator", node.describe(), "names no operator", "");
    }
    if (!model.opsets().containsKey(node.domain()) && missingDomains.add(node.domain())) {
      report(
          "opset-missing",
          node.describe(),
          "the model imports no version of operator domain '"
              + (node.domain().isEmpty() ? "ai.onnx" : node.domain())
              + "'",
          "import the domain the node needs");
    }
    for (Value input : node.inputs()) {
      if (input != null) {
        read(input, scope, node.describe());
      }
    }
    for (Graph subgraph : node.subgraphs()) {
      graph(subgraph, new Scope(scope));
    }
    node.attributes().forEach((name, value) -> attribute(node, name, value));
    for (Value output : node.outputs()) {
      if (output != null) {
        define(output, scope, graph);
      }
    }
  }

  private void attribute(Node node, String name, Attribute value) {
    if (name.isEmpty()) {
      report("attribute-without-name", node.describe(), "has an attribute without a name", "");
    }
    if (value instanceof Attribute.OfType(ValueType type) && type == null) {
      report("attribute-without-type", node.describe(), "attribute '" + name + "' is empty", "");
    }
  }

  private void define(Value value, Scope scope, Graph graph) {
    if (value.name().isEmpty()) {
      report("name-missing", graph.toString(), "a value has no name", "");
    }
    if (!scope.defined.add(value)) {
      report("value-twice", value.toString(), "is defined twice in " + graph, "");
    } else if (scope.names.put(value.name(), value) != null) {
      report(
          "name-duplicate",
          "'" + value.name() + "'",
          "two values of " + graph + " have this name",
          "rename one of them");
    }
  }

  private void read(Value value, Scope scope, String reader) {
    if (!scope.sees(value)) {
      String problem =
          value
              .producer()
              .map(node -> "computed later, or out of sight, by " + node.describe())
              .orElse("given by nothing in sight");
      report(
          "order",
          reader,
          "reads '" + value.name() + "', which is " + problem,
          "put the node after what it reads");
    } else if (scope.find(value.name()) != value) {
      report(
          "name-hidden",
          reader,
          "reads '" + value.name() + "', a name that a nearer graph gives to another value",
          "rename one of them");
    }
  }

  private void initializer(Value value) {
    Tensor tensor = value.initializer().orElseThrow();
    ValueType type = value.type().orElse(null);
    if (type == null) {
      return;
    }
    boolean agrees =
        type instanceof ValueType.OfTensor(DataType dataType, Shape shape)
            && dataType == tensor.dataType()
            && (shape == null || agrees(shape, tensor));
    if (!agrees) {
      report(
          "initializer-type",
          "initializer '" + value.name() + "'",
          "is stated to be " + type + ", but its data is " + tensor.dataType() + tensor.dims(),
          "");
    }
  }

  private static boolean agrees(Shape shape, Tensor tensor) {
    if (shape.rank() != tensor.dims().size()) {
      return false;
    }
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.dim(axis) instanceof dev.octet.ir.Dim.Known(long size)
          && size != tensor.dims().get(axis)) {
        return false;
      }
    }
    return true;
  }

  private void report(String code, String place, String message, String hint) {
    findings.add(new Diagnostic(code, place, message, hint));
  }
}
