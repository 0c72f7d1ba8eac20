package dev.octet.rewrite;

import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.plan.FoldedConstants;
import dev.octet.plan.NodePlan;
import dev.octet.plan.QdqForm;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.TensorPlan;
import dev.octet.rewrite.ValueAlignment.Kind;
import dev.octet.rewrite.ValueAlignment.Pair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// One rendering of one plan into one copy of the model.
final class QdqRendering {
  private static final int MICROSOFT_OPSET = 1;

  private final QuantizationPlan plan;
  private final RenderedNames names;
  private final FloatGraph floats;
  private final Map<String, TensorPlan> tensors;

  /// The nodes that read each tensor plan, by key, each once.
  private final Map<String, Set<Node>> readers = new HashMap<>();

  /// The dequantized form of each tensor plan, by key.
  private final Map<String, Value> dequantized = new HashMap<>();

  /// The dequantized forms that belong to one reader each, by key.
  private final Map<String, Map<Node, Value>> dedicated = new HashMap<>();

  /// What computes an absorbed node's result before quantization.
  private final Map<Value, Value> absorbedInto = new HashMap<>();

  /// Values that may have lost their last reader.
  private final Set<Value> orphans = new LinkedHashSet<>();

  QdqRendering(Model copy, QuantizationPlan plan, RenderedNames names) {
    this.plan = plan;
    this.names = names;
    this.floats = new FloatGraph(copy, plan);
    this.tensors = plan.byKey();
    for (NodePlan node : plan.nodes()) {
      if (node.fate() instanceof NodePlan.Fate.Quantized quantized) {
        for (NodePlan.Read read : quantized.reads()) {
          readers
              .computeIfAbsent(read.tensor(), key -> new LinkedHashSet<>())
              .add(floats.node(node));
        }
      }
    }
  }

  void render(GraphEditor editor) {
    for (NodePlan node : plan.nodes()) {
      absorbOrFold(editor, node);
    }
    if (plan.qdq().domain() == QdqForm.Domain.MICROSOFT && !plan.tensors().isEmpty()) {
      editor.setOpset(plan.qdq().domain().opDomain(), MICROSOFT_OPSET);
    }
    ParameterStore parameters = new ParameterStore(editor, names);
    ConstantRendering constants =
        new ConstantRendering(editor, names, floats, parameters, plan.qdq());
    ActivationRendering activations =
        new ActivationRendering(
            editor,
            names,
            floats,
            parameters,
            new QdqNodes(plan.qdq().domain().opDomain()),
            absorbedInto);
    for (TensorPlan tensor : plan.tensors()) {
      dequantized.put(tensor.key(), render(tensor, constants, activations));
    }
    for (NodePlan node : plan.nodes()) {
      if (node.fate() instanceof NodePlan.Fate.Quantized(List<NodePlan.Read> reads, var folded)) {
        Node reader = floats.node(node);
        for (NodePlan.Read read : reads) {
          orphans.add(reader.input(read.input()).orElseThrow());
          editor.setInput(reader, read.input(), readable(read.tensor(), reader));
        }
      }
    }
    removeOrphans(editor);
    constants.claimNames();
    editor.setMetadata(PlanRewriter.PLAN_HASH, plan.hash());
  }

  private Value render(
      TensorPlan tensor, ConstantRendering constants, ActivationRendering activations) {
    String stem = stem(tensor.key());
    return switch (tensor) {
      case TensorPlan.Activation activation
          when FoldedConstants.of(floats.value(activation.value())).isPresent() ->
          constants.elementwise(activation, stem);
      case TensorPlan.Activation activation
          when activation.readers() == TensorPlan.Readers.DEDICATED -> {
        List<Node> nodes = List.copyOf(readers.getOrDefault(activation.key(), Set.of()));
        Map<Node, Value> forms = activations.dedicated(activation, stem, nodes);
        dedicated.put(activation.key(), forms);
        yield Objects.requireNonNull(forms.get(nodes.getFirst()));
      }
      case TensorPlan.Activation activation -> activations.activation(activation, stem);
      case TensorPlan.Dequantized codes -> floats.value(codes.value());
      case TensorPlan.Conversion conversion ->
          activations.conversion(
              conversion, stem(conversion.source()), isReadUnconverted(conversion));
      case TensorPlan.Dynamic dynamic ->
          throw new IllegalStateException(
              "'" + dynamic.key() + "' has no scale before the model runs");
      case TensorPlan.Weight weight -> constants.weight(weight, stem);
      case TensorPlan.Bias bias ->
          constants.bias(bias, stem, key -> Objects.requireNonNull(tensors.get(key)));
    };
  }

  private Value readable(String key, Node reader) {
    Map<Node, Value> forms = dedicated.get(key);
    return Objects.requireNonNull(forms != null ? forms.get(reader) : dequantized.get(key));
  }

  /// Whether somebody goes on reading the source of a conversion as it is.
  private boolean isReadUnconverted(TensorPlan.Conversion conversion) {
    TensorPlan.Activation source =
        (TensorPlan.Activation) Objects.requireNonNull(tensors.get(conversion.source()));
    return readers.containsKey(source.key())
        || (source.readers() == TensorPlan.Readers.ALL
            && conversion.readers() == TensorPlan.Readers.PLANNED);
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
            case TensorPlan.Dequantized codes -> false;
            case TensorPlan.Dynamic dynamic -> false;
            case TensorPlan.Conversion conversion -> false;
            case TensorPlan.Weight weight -> weight.factor() == 1f;
            case TensorPlan.Bias bias -> bias.factor() == 1f;
          };
      if (same) {
        standIns.putIfAbsent(tensor.value(), tensor);
      }
    }
    Set<Value> present = new HashSet<>();
    floats.graphs().forEach(graph -> present.addAll(graph.values()));
    Set<Value> absorbed = new HashSet<>(absorbedInto.values());
    List<Pair> pairs = new ArrayList<>();
    floats
        .values()
        .forEach(
            (value, name) -> {
              TensorPlan standIn = standIns.get(name);
              if (standIn != null) {
                boolean constant = FoldedConstants.of(value).isPresent() || isConstant(standIn);
                pairs.add(
                    new Pair(
                        name,
                        Objects.requireNonNull(dequantized.get(standIn.key())).name(),
                        constant ? Kind.DEQUANTIZED_CONSTANT : Kind.DEQUANTIZED));
              } else if (present.contains(value) && !absorbed.contains(value)) {
                pairs.add(new Pair(name, value.name(), Kind.FLOAT));
              }
            });
    return new ValueAlignment(pairs);
  }

  private static boolean isConstant(TensorPlan tensor) {
    return switch (tensor) {
      case TensorPlan.Activation activation ->
          activation.origin() instanceof TensorPlan.Origin.Constant;
      case TensorPlan.Dequantized codes -> false;
      case TensorPlan.Dynamic dynamic -> false;
      case TensorPlan.Conversion conversion -> false;
      case TensorPlan.Weight weight -> true;
      case TensorPlan.Bias bias -> true;
    };
  }

  private void absorbOrFold(GraphEditor editor, NodePlan nodePlan) {
    switch (nodePlan.fate()) {
      case NodePlan.Fate.Kept kept -> {}
      case NodePlan.Fate.Absorbed() -> {
        Node node = floats.node(nodePlan);
        Value result = node.output(0);
        Value source = node.input(0).orElseThrow();
        absorbedInto.put(result, source);
        node.inputs().stream().skip(1).filter(Objects::nonNull).forEach(orphans::add);
        editor.replaceAllUses(result, source);
        editor.remove(node);
      }
      case NodePlan.Fate.Quantized(var reads, List<String> folded) -> {
        Node node = floats.node(nodePlan);
        folded.forEach(attribute -> editor.removeAttribute(node, attribute));
      }
    }
  }

  private void removeOrphans(GraphEditor editor) {
    for (Value value : orphans) {
      if (value.isUnused() && value.isConstant()) {
        editor.removeInitializer(floats.home(value), value);
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
