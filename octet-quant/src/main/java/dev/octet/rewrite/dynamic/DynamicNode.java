package dev.octet.rewrite.dynamic;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.plan.NodePlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A float node about to be written on codes: what it reads, and how to put others in its place.
final class DynamicNode {
  static final String MICROSOFT = "com.microsoft";

  private final GraphEditor editor;
  private final DynamicRendering rendering;
  private final Node node;
  private final NodePlan.Fate.Quantized fate;

  DynamicNode(
      GraphEditor editor, DynamicRendering rendering, Node node, NodePlan.Fate.Quantized fate) {
    this.editor = editor;
    this.rendering = rendering;
    this.node = node;
    this.fate = fate;
  }

  Node node() {
    return node;
  }

  DynamicNames names() {
    return rendering.names();
  }

  /// The codes that input `index` reads.
  ///
  /// @param form how a weight is wanted; means nothing for computed values
  Coded operand(int index, WeightForm form) {
    return rendering.coded(key(index).orElseThrow(), form);
  }

  /// Whether input `index` reads codes.
  boolean readsCodes(int index) {
    return key(index).isPresent();
  }

  /// What computed codes of input `index` were computed from: 32- or 16-bit floats.
  DataType element(int index) {
    return rendering.element(key(index).orElseThrow());
  }

  /// Whether an attribute's effect is in the constants, or has to be put there.
  boolean isFolded(String attribute) {
    return fate.folded().contains(attribute);
  }

  /// Adds a node before the float node.
  ///
  /// @param result wanted name of what it computes
  Value add(NodeSpec spec, String result) {
    Value output = newValue(result);
    add(spec.outputs(output));
    return output;
  }

  /// A value to be computed by a node added next.
  Value newValue(String name) {
    return editor.newValue(name, null);
  }

  /// As [#add], for a node whose outputs are given.
  Node add(NodeSpec spec) {
    if (spec.domain().equals(MICROSOFT) && !editor.model().opsets().containsKey(MICROSOFT)) {
      editor.setOpset(MICROSOFT, 1);
    }
    return editor.insertBefore(node, spec);
  }

  /// The product of two operands' scales, computed once in a graph.
  ///
  /// @param compute adds the node that computes it
  Value scaleProduct(Coded left, Coded right, Supplier<Value> compute) {
    return rendering.product(node.graph(), left, right, compute);
  }

  /// An initializer.
  Value constant(String descriptive, String brief, DenseTensor tensor) {
    return rendering.store().constant(node.graph(), descriptive, brief, tensor);
  }

  /// Adds a node whose outputs stand for the float node's, which goes away.
  void replaceWith(NodeSpec spec) {
    Map<Value, Value> outputs = new LinkedHashMap<>();
    List<@Nullable Value> fresh = new ArrayList<>();
    for (Value output : node.outputs()) {
      Value value =
          output == null ? null : editor.newValue(output.name(), output.type().orElse(null));
      fresh.add(value);
      if (output != null) {
        outputs.put(output, Objects.requireNonNull(value));
      }
    }
    add(spec.outputs(fresh));
    Map<Value, String> wishes = new LinkedHashMap<>();
    outputs.forEach(
        (output, value) -> {
          wishes.put(value, output.name());
          editor.replaceAllUses(output, value);
          rendering.replaced(output, value);
        });
    rendering.remove(node);
    wishes.forEach(
        (value, name) -> {
          if (!value.name().equals(name)) {
            editor.renameLike(value, name);
          }
        });
  }

  /// Tells that the node's first output is there as codes; the float node stays until it is known
  /// whether somebody reads it in float.
  ///
  /// @param moving the node that computes the codes
  void movedTo(Node moving, Coded codes) {
    rendering.moved(node, moving, codes, element(0));
  }

  private Optional<String> key(int index) {
    return fate.reads().stream()
        .filter(read -> read.input() == index)
        .map(NodePlan.Read::tensor)
        .findFirst();
  }
}
