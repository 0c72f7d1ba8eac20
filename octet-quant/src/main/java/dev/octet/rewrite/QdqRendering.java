package dev.octet.rewrite;

import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.plan.FoldedConstants;
import dev.octet.plan.NodePlan;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.TensorPlan;
import dev.octet.rewrite.ValueAlignment.Kind;
import dev.octet.rewrite.ValueAlignment.Pair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// One rendering of one plan into one copy of the model.
final class QdqRendering {
  private final QuantizationPlan plan;
  private final RenderedNames names;
  private final Graph graph;
  private final FloatGraph floats;
  private final Map<String, TensorPlan> tensors = new LinkedHashMap<>();

  /// The dequantized form of each tensor plan, by key.
  private final Map<String, Value> dequantized = new HashMap<>();

  /// What computes an absorbed node's result before quantization.
  private final Map<Value, Value> absorbedInto = new HashMap<>();

  /// Values that may have lost their last reader.
  private final Set<Value> orphans = new LinkedHashSet<>();

  QdqRendering(Model copy, QuantizationPlan plan, RenderedNames names) {
    this.plan = plan;
    this.names = names;
    this.graph = copy.graph();
    this.floats = new FloatGraph(graph, plan);
    plan.tensors().forEach(tensor -> tensors.put(tensor.key(), tensor));
  }

  void render(GraphEditor editor) {
    for (NodePlan node : plan.nodes()) {
      absorbOrFold(editor, node);
    }
    ParameterStore parameters = new ParameterStore(editor, names);
    ConstantRendering constants = new ConstantRendering(editor, names, floats, parameters);
    for (TensorPlan tensor : plan.tensors()) {
      dequantized.put(
          tensor.key(),
          switch (tensor) {
            case TensorPlan.Activation activation
                when FoldedConstants.of(floats.value(activation.value())).isPresent() ->
                constants.elementwise(activation, stem(activation.key()));
            case TensorPlan.Activation activation -> activation(editor, parameters, activation);
            case TensorPlan.Conversion conversion ->
                throw new IllegalStateException(
                    "'" + conversion.key() + "' cannot be rendered yet");
            case TensorPlan.Dynamic dynamic ->
                throw new IllegalStateException(
                    "'" + dynamic.key() + "' has no scale before the model runs");
            case TensorPlan.Weight weight -> constants.weight(weight, stem(weight.key()));
            case TensorPlan.Bias bias ->
                constants.bias(
                    bias, stem(bias.key()), key -> Objects.requireNonNull(tensors.get(key)));
          });
    }
    for (NodePlan node : plan.nodes()) {
      if (node.fate() instanceof NodePlan.Fate.Quantized(List<NodePlan.Read> reads, var folded)) {
        for (NodePlan.Read read : reads) {
          Node reader = floats.node(node);
          orphans.add(reader.input(read.input()).orElseThrow());
          editor.setInput(reader, read.input(), dequantized.get(read.tensor()));
        }
      }
    }
    removeOrphans(editor);
    constants.claimNames();
    editor.setMetadata(PlanRewriter.PLAN_HASH, plan.hash());
  }

  /// The nodes that the plan puts on codes.
  Set<Node> quantizedNodes() {
    Set<Node> nodes = new HashSet<>();
    for (NodePlan node : plan.nodes()) {
      if (node.fate() instanceof NodePlan.Fate.Quantized) {
        nodes.add(floats.node(node));
      }
    }
    return nodes;
  }

  /// To be asked after [#render].
  ValueAlignment alignment() {
    Map<String, TensorPlan> standIns = new HashMap<>();
    for (TensorPlan tensor : plan.tensors()) {
      boolean same =
          switch (tensor) {
            case TensorPlan.Activation activation ->
                activation.readers() == TensorPlan.Readers.ALL
                    || activation.origin() instanceof TensorPlan.Origin.Constant;
            case TensorPlan.Dynamic dynamic -> false;
            case TensorPlan.Conversion conversion -> false;
            case TensorPlan.Weight weight -> weight.factor() == 1f;
            case TensorPlan.Bias bias -> bias.factor() == 1f;
          };
      if (same) {
        standIns.putIfAbsent(tensor.value(), tensor);
      }
    }
    Set<Value> present = new HashSet<>(graph.values());
    List<Pair> pairs = new ArrayList<>();
    floats
        .values()
        .forEach(
            (name, value) -> {
              TensorPlan standIn = standIns.get(name);
              if (standIn != null) {
                boolean constant = FoldedConstants.of(value).isPresent() || isConstant(standIn);
                pairs.add(
                    new Pair(
                        name,
                        Objects.requireNonNull(dequantized.get(standIn.key())).name(),
                        constant ? Kind.DEQUANTIZED_CONSTANT : Kind.DEQUANTIZED));
              } else if (present.contains(value) && !absorbedInto.containsValue(value)) {
                pairs.add(new Pair(name, value.name(), Kind.FLOAT));
              }
            });
    return new ValueAlignment(pairs);
  }

  private static boolean isConstant(TensorPlan tensor) {
    return switch (tensor) {
      case TensorPlan.Activation activation ->
          activation.origin() instanceof TensorPlan.Origin.Constant;
      case TensorPlan.Dynamic dynamic -> false;
      case TensorPlan.Conversion conversion -> false;
      case TensorPlan.Weight weight -> true;
      case TensorPlan.Bias bias -> true;
    };
  }

  private void absorbOrFold(GraphEditor editor, NodePlan nodePlan) {
    Node node = floats.node(nodePlan);
    switch (nodePlan.fate()) {
      case NodePlan.Fate.Kept kept -> {}
      case NodePlan.Fate.Absorbed() -> {
        Value result = node.output(0);
        Value source = node.input(0).orElseThrow();
        absorbedInto.put(result, source);
        node.inputs().stream().skip(1).filter(Objects::nonNull).forEach(orphans::add);
        editor.replaceAllUses(result, source);
        editor.remove(node);
      }
      case NodePlan.Fate.Quantized(var reads, List<String> folded) ->
          folded.forEach(attribute -> editor.removeAttribute(node, attribute));
    }
  }

  private Value activation(
      GraphEditor editor, ParameterStore parameters, TensorPlan.Activation activation) {
    Value named = floats.value(activation.value());
    Value source = absorbedInto.getOrDefault(named, named);
    String stem = stem(activation.key());
    ParameterStore.Stored stored =
        activation
            .sharedWith()
            .flatMap(root -> parameters.of(stem(root)))
            .orElseGet(() -> parameters.put(stem, activation.params()));
    Value codes = editor.newValue(names.activationCodes(stem), null);
    Value result = editor.newValue(names.dequantized(stem), named.type().orElse(null));
    NodeSpec quantize =
        NodeSpec.of("QuantizeLinear")
            .named(names.quantizeNode(stem))
            .inputs(stored.inputs(source))
            .outputs(codes);
    Node quantizer =
        source.producer().isPresent()
            ? editor.insertAfter(source.producer().get(), quantize)
            : editor.insertBefore(floats.firstReader(activation.key()), quantize);
    editor.insertAfter(
        quantizer,
        NodeSpec.of("DequantizeLinear")
            .named(names.dequantizeNode(stem))
            .inputs(stored.inputs(codes))
            .outputs(result));
    if (activation.readers() == TensorPlan.Readers.ALL) {
      takeReaders(editor, activation.value(), source, result, quantizer);
    }
    return result;
  }

  /// Lets `result` stand for the float value in every reader's eyes, callers of the graph included.
  private void takeReaders(
      GraphEditor editor, String name, Value source, Value result, Node quantizer) {
    boolean output = source.isGraphOutput();
    for (Use use : source.uses()) {
      if (use.node() != quantizer) {
        editor.setInput(use.node(), use.index(), result);
      }
    }
    for (int i = 0; i < graph.outputs().size(); i++) {
      if (graph.outputs().get(i) == source) {
        editor.setOutput(graph, i, result);
      }
    }
    if (output || names.dequantizedTakesName()) {
      String before = names.beforeQuantization(name);
      editor.renameLike(source, before.equals(name) ? before + "_" : before);
      editor.setType(source, null);
      editor.rename(result, name);
    } else {
      // The input of an absorbed node now computes that node's result.
      editor.rename(source, name);
    }
  }

  private void removeOrphans(GraphEditor editor) {
    for (Value value : orphans) {
      if (value.isUnused() && value.isConstant()) {
        editor.removeInitializer(graph, value);
      } else if (value.isUnused()
          && value.producer().filter(node -> node.is("Constant")).isPresent()) {
        editor.remove(value.producer().get());
      }
    }
  }

  /// The plan key as a name.
  private static String stem(String key) {
    return key.replace('#', '_');
  }
}
