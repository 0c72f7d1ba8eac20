package dev.octet.rewrite.dynamic;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.plan.NodePlan;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.Places;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.TensorPlan;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// One rendering of one dynamic plan into one copy of the model.
public final class DynamicRendering {
  private final GraphEditor editor;
  private final DynamicNames names;
  private final Places places;
  private final CodeStore store;
  private final RuntimeQuantizing quantizing;
  private final Map<String, TensorPlan> tensors;
  private final Map<String, String> keys = new HashMap<>();

  /// The graphs that inputs and initializers belong to.
  private final Map<Value, Graph> owners = new HashMap<>();

  /// What stands for a value of the float model whose node is gone.
  private final Map<Value, Value> standIns = new HashMap<>();

  /// Codes by the key of their plan.
  private final Map<String, Coded> codes = new HashMap<>();

  private final Map<Node, Moved> moved = new LinkedHashMap<>();
  private final Map<Scales, Value> products = new HashMap<>();
  private final Set<Value> orphans = new LinkedHashSet<>();

  private record Moved(Node moving, Coded codes, DataType element) {}

  private record Scales(Graph graph, Value left, Value right) {}

  /// What became of the float model's values.
  ///
  /// @param constants codes of constants, by what the plan calls the constant; only those laid out
  ///     as the constant is
  /// @param moved codes that nothing reads back, by what the plan calls the float value
  /// @param dequantized what is read back from codes, by what the plan calls the float value
  public record Rendered(
      Map<String, Value> constants, Map<String, Value> moved, Map<String, Value> dequantized) {}

  private DynamicRendering(GraphEditor editor, Model copy, QuantizationPlan plan) {
    this.editor = editor;
    this.names = plan.style() == OutputStyle.PEER ? DynamicNames.PEER : DynamicNames.COMPACT;
    this.places = Places.of(copy);
    this.store = new CodeStore(editor, places, names, this::owner);
    this.quantizing = new RuntimeQuantizing(editor, names, store, this::owner);
    this.tensors = plan.byKey();
    plan.tensors().forEach(tensor -> keys.put(tensor.value(), tensor.key()));
    noteOwners(copy.graph());
  }

  /// Renders a plan.
  ///
  /// @param editor of `copy`
  /// @throws OctetException (BAD_INPUT) when the plan names what the model does not have
  public static Rendered render(GraphEditor editor, Model copy, QuantizationPlan plan) {
    DynamicRendering rendering = new DynamicRendering(editor, copy, plan);
    for (NodePlan node : plan.nodes()) {
      if (node.fate() instanceof NodePlan.Fate.Quantized quantized) {
        rendering.write(node, quantized);
      }
    }
    return rendering.finish();
  }

  DynamicNames names() {
    return names;
  }

  CodeStore store() {
    return store;
  }

  /// The codes of a tensor plan.
  Coded coded(String key, WeightForm form) {
    return switch (plan(key)) {
      case TensorPlan.Weight weight -> store.weight(weight, form);
      case TensorPlan.Activation activation
          when activation.origin() instanceof TensorPlan.Origin.Constant ->
          store.table(activation);
      case TensorPlan.Dynamic dynamic when dynamic.source().isEmpty() ->
          codes.computeIfAbsent(
              key, _ -> quantizing.quantize(current(dynamic.value()), dynamic.element()));
      case TensorPlan.Dynamic _, TensorPlan.Activation _ -> {
        Coded known = codes.get(key);
        if (known == null) {
          throw new IllegalStateException("'" + key + "' is read before it is there");
        }
        yield known;
      }
      case TensorPlan.Bias _, TensorPlan.Conversion _, TensorPlan.Dequantized _ ->
          throw new IllegalStateException("'" + key + "' has no place in a dynamic plan");
    };
  }

  /// What the codes of a tensor plan stand for.
  DataType element(String key) {
    return switch (plan(key)) {
      case TensorPlan.Dynamic dynamic -> dynamic.element();
      case TensorPlan.Activation activation -> {
        String root = activation.sharedWith().orElse(key);
        yield places.value(plan(root).value()).dataType().orElse(DataType.FLOAT);
      }
      case TensorPlan.Weight _,
          TensorPlan.Bias _,
          TensorPlan.Conversion _,
          TensorPlan.Dequantized _ ->
          DataType.FLOAT;
    };
  }

  /// The product of two scales, computed once in a graph.
  ///
  /// @param compute adds the node that computes it
  Value product(Graph graph, Coded left, Coded right, Supplier<Value> compute) {
    return products.computeIfAbsent(
        new Scales(graph, left.scale(), right.scale()), _ -> compute.get());
  }

  void replaced(Value value, Value standIn) {
    standIns.put(value, standIn);
  }

  void moved(Node node, Node moving, Coded result, DataType element) {
    moved.put(node, new Moved(moving, result, element));
    codes.put(Objects.requireNonNull(keys.get(places.of(node.output(0)))), result);
  }

  void remove(Node node) {
    node.inputs().stream().filter(Objects::nonNull).forEach(orphans::add);
    editor.remove(node);
  }

  private void write(NodePlan plan, NodePlan.Fate.Quantized fate) {
    Node node = places.node(plan.firstOutput());
    DynamicForm form =
        StandardDynamicForms.of(node)
            .orElseThrow(
                () ->
                    OctetException.badInput(
                        "plan-of-another-model",
                        "node '" + plan.node() + "'",
                        "is a " + node.opType() + ", which cannot be quantized while it runs",
                        "make the plan from this very model"));
    form.write(new DynamicNode(editor, this, node, fate));
  }

  private Rendered finish() {
    Map<String, Value> onlyCodes = new LinkedHashMap<>();
    Map<String, Value> dequantized = new LinkedHashMap<>();
    moved.forEach(
        (node, result) -> {
          Value output = node.output(0);
          String place = places.of(output);
          if (output.isUnused()) {
            onlyCodes.put(place, result.codes().codes());
            remove(node);
          } else {
            dequantized.put(place, dequantize(node, result));
          }
          editor.rename(result.moving(), node.name());
        });
    for (Value value : orphans) {
      if (value.isUnused() && value.isConstant()) {
        editor.removeInitializer(Objects.requireNonNull(owners.get(value)), value);
      } else if (value.isUnused()
          && value.producer().filter(node -> node.is("Constant")).isPresent()) {
        editor.remove(value.producer().get());
      }
    }
    store.claimNames();
    return new Rendered(store.plainCodes(), onlyCodes, dequantized);
  }

  private Value dequantize(Node node, Moved result) {
    DynamicNode place =
        new DynamicNode(editor, this, node, new NodePlan.Fate.Quantized(List.of(), List.of()));
    String stem = node.output(0).name();
    NodeSpec dequantize =
        NodeSpec.of("DequantizeLinear")
            .named(names.helper(stem + "_DequantizeLinear"))
            .inputs(result.codes().codes(), result.codes().scale(), result.codes().zeroPoint());
    if (result.element() != DataType.FLOAT) {
      Value floats = place.add(dequantize, names.value(stem + "_fp32", "d"));
      dequantize =
          NodeSpec.of("Cast").attribute("to", result.element().onnxNumber()).inputs(floats);
    }
    Value output = node.output(0);
    place.replaceWith(dequantize);
    return Objects.requireNonNull(standIns.get(output));
  }

  private Value current(String place) {
    Value value = places.value(place);
    while (standIns.containsKey(value)) {
      value = Objects.requireNonNull(standIns.get(value));
    }
    return value;
  }

  private TensorPlan plan(String key) {
    return Optional.ofNullable(tensors.get(key))
        .orElseThrow(() -> new IllegalStateException("no plan for '" + key + "'"));
  }

  /// The graph that defines a value.
  private Graph owner(Value value) {
    return value
        .producer()
        .map(Node::graph)
        .orElseGet(() -> Objects.requireNonNull(owners.get(value)));
  }

  private void noteOwners(Graph graph) {
    graph.inputs().forEach(value -> owners.put(value, graph));
    graph.initializers().forEach(value -> owners.put(value, graph));
    graph.nodes().forEach(node -> node.subgraphs().forEach(this::noteOwners));
  }
}
