package dev.octet.rewrite;

import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.plan.TensorPlan;
import dev.octet.plan.TensorPlan.Readers;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Computed values as codes: right after what computes them, a node that quantizes and one that
/// dequantizes.
final class ActivationRendering {
  private final GraphEditor editor;
  private final RenderedNames names;
  private final FloatGraph floats;
  private final ParameterStore parameters;
  private final QdqNodes nodes;

  /// What computes an absorbed node's result before quantization.
  private final Map<Value, Value> absorbedInto;

  /// The two nodes of each plan, by key.
  private final Map<String, Pair> pairs = new HashMap<>();

  /// The first nodes of all pairs: they read the very values that pairs stand for.
  private final Set<Node> quantizers = new HashSet<>();

  /// @param dequantizer gives the dequantized form
  /// @param stored what both read
  private record Pair(Node quantizer, Node dequantizer, ParameterStore.Stored stored) {
    Value codes() {
      return quantizer.output(0);
    }

    Value result() {
      return dequantizer.output(0);
    }
  }

  ActivationRendering(
      GraphEditor editor,
      RenderedNames names,
      FloatGraph floats,
      ParameterStore parameters,
      QdqNodes nodes,
      Map<Value, Value> absorbedInto) {
    this.editor = editor;
    this.names = names;
    this.floats = floats;
    this.parameters = parameters;
    this.nodes = nodes;
    this.absorbedInto = absorbedInto;
  }

  /// A value that is read back once for all its readers.
  ///
  /// @return its dequantized form
  Value activation(TensorPlan.Activation plan, String stem) {
    Value named = floats.value(plan.value());
    Value source = absorbedInto.getOrDefault(named, named);
    Pair pair = pair(plan, stem, source, "");
    pairs.put(plan.key(), pair);
    if (plan.readers() == Readers.ALL) {
      takeReaders(plan.value(), source, pair, names.dequantizedTakesName());
    }
    return pair.result();
  }

  /// A value that is read back by each of its readers on its own.
  ///
  /// @param readers the nodes that do
  /// @return its dequantized form for each of them
  Map<Node, Value> dedicated(TensorPlan.Activation plan, String stem, List<Node> readers) {
    Value named = floats.value(plan.value());
    Value source = absorbedInto.getOrDefault(named, named);
    Map<Node, Value> results = new HashMap<>();
    for (Node reader : readers) {
      String suffix = "_" + (results.size() + 1);
      Pair pair = pair(plan, stem, source, suffix);
      pairs.putIfAbsent(plan.key(), pair);
      results.put(reader, pair.result());
    }
    if (source != named) {
      // The input of an absorbed node now computes that node's result.
      editor.rename(source, floats.name(named));
    }
    return results;
  }

  /// A dequantized value brought to other codes.
  ///
  /// @param stem that of the value itself
  /// @param shared whether other nodes read the source's dequantized form as it is
  /// @return its dequantized form
  Value conversion(TensorPlan.Conversion plan, String stem, boolean shared) {
    Pair first = Objects.requireNonNull(pairs.get(plan.source()));
    ParameterStore.Stored before = first.stored();
    String converted = names.convertedStem(stem);
    Node last = first.dequantizer();
    if (shared && names.separatesConversions()) {
      Value copy = editor.newValue(names.beforeQuantization(converted), null);
      last =
          editor.insertAfter(
              last,
              nodes
                  .dequantize(first.codes(), before)
                  .named(names.dequantizeNode(converted + "_clone"))
                  .outputs(copy));
    }
    ParameterStore.Stored stored =
        parameters.put(
            plan.key(),
            new ParameterStore.Wish(names.convertedScale(stem), names.convertedZeroPoint(stem)),
            last.graph(),
            plan.params(),
            List.of());
    Node quantizer = editor.insertAfter(last, quantizing(last.output(0), stored, converted, ""));
    Pair pair = new Pair(quantizer, dequantizer(quantizer, stored, converted, ""), stored);
    pairs.put(plan.key(), pair);
    if (plan.readers() == Readers.ALL) {
      Value source = first.result();
      boolean named = source.name().equals(floats.name(floats.value(plan.value())));
      takeReaders(plan.value(), source, pair, named);
      if (named) {
        editor.renameLike(source, names.dequantized(stem));
      }
    }
    return pair.result();
  }

  private Pair pair(TensorPlan.Activation plan, String stem, Value source, String suffix) {
    Node anchor = source.producer().orElseGet(() -> floats.firstReader(plan.key()));
    ParameterStore.Stored stored =
        parameters
            .of(plan.key())
            .or(() -> plan.sharedWith().flatMap(parameters::of))
            .orElseGet(() -> store(plan, stem, anchor.graph()));
    NodeSpec spec = quantizing(source, stored, stem, suffix);
    Node quantizer =
        source.producer().isPresent()
            ? editor.insertAfter(anchor, spec)
            : editor.insertBefore(anchor, spec);
    return new Pair(quantizer, dequantizer(quantizer, stored, stem, suffix), stored);
  }

  private ParameterStore.Stored store(TensorPlan.Activation plan, String stem, Graph graph) {
    ParameterStore.Wish wish = new ParameterStore.Wish(names.scale(stem), names.zeroPoint(stem));
    return parameters.put(plan.key(), wish, graph, plan.params(), List.of());
  }

  private NodeSpec quantizing(
      Value source, ParameterStore.Stored stored, String stem, String suffix) {
    return nodes
        .quantize(source, stored)
        .named(suffixed(names.quantizeNode(stem), suffix))
        .outputs(editor.newValue(suffixed(names.activationCodes(stem), suffix), null));
  }

  private Node dequantizer(
      Node quantizer, ParameterStore.Stored stored, String stem, String suffix) {
    Value real = quantizer.input(0).orElseThrow();
    Value result =
        editor.newValue(suffixed(names.dequantized(stem), suffix), real.type().orElse(null));
    quantizers.add(quantizer);
    return editor.insertAfter(
        quantizer,
        nodes
            .dequantize(quantizer.output(0), stored)
            .named(suffixed(names.dequantizeNode(stem), suffix))
            .outputs(result));
  }

  private static String suffixed(String name, String suffix) {
    return name.isEmpty() ? name : name + suffix;
  }

  /// Lets a pair's result stand for a value in every reader's eyes, callers of the graph included.
  ///
  /// @param takesName whether the result takes the name too, as it must where callers know it
  private void takeReaders(String place, Value source, Pair pair, boolean takesName) {
    String name = floats.name(floats.value(place));
    Value result = pair.result();
    boolean output = source.isGraphOutput();
    for (Use use : source.uses()) {
      if (!quantizers.contains(use.node())) {
        editor.setInput(use.node(), use.index(), result);
      }
    }
    if (output) {
      for (Graph graph : floats.graphs()) {
        for (int i = 0; i < graph.outputs().size(); i++) {
          if (graph.outputs().get(i) == source) {
            editor.setOutput(graph, i, result);
          }
        }
      }
    }
    if (output || takesName) {
      String before = names.beforeQuantization(name);
      editor.renameLike(source, before.equals(name) ? before + "_" : before);
      editor.setType(source, null);
      rename(result, name);
    } else if (source == absorbedInto.get(floats.value(place))) {
      // The input of an absorbed node now computes that node's result.
      rename(source, name);
    }
  }

  /// Callers know names of the main graph; those in bodies need not be kept, and another body may
  /// have the same.
  private void rename(Value value, String name) {
    if (value.producer().orElseThrow().graph() == editor.graph()) {
      editor.rename(value, name);
    } else {
      editor.renameLike(value, name);
    }
  }
}
