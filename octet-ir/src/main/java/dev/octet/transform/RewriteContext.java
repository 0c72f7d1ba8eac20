package dev.octet.transform;

import dev.octet.ir.Attribute;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import java.util.List;
import java.util.Optional;

/// What a [RewriteRule] works with: the editor, and answers about values that need more than one
/// look.
public final class RewriteContext {
  private final GraphEditor editor;

  /// @param editor an open editor of the model being rewritten
  public RewriteContext(GraphEditor editor) {
    this.editor = editor;
  }

  /// The editor of the model; the only way to change it.
  public GraphEditor editor() {
    return editor;
  }

  public Model model() {
    return editor.model();
  }

  /// The imported version of the default domain; 0 when the model imports none.
  public int opset() {
    return model().opset().orElse(0);
  }

  /// The data of a value that never changes between runs: an initializer no caller can replace, or
  /// what a `Constant` node holds.
  public Optional<DenseTensor> constant(Value value) {
    Optional<Tensor> tensor =
        value.isConstant()
            ? value.initializer()
            : value.producer().filter(node -> node.is("Constant")).flatMap(this::constantOf);
    return tensor.filter(DenseTensor.class::isInstance).map(DenseTensor.class::cast);
  }

  /// What a `Constant` node holds; empty for text and sparse data.
  public Optional<Tensor> constantOf(Node node) {
    if (node.attributes().size() != 1) {
      return Optional.empty();
    }
    return switch (node.attributes().values().iterator().next()) {
      case Attribute.OfTensor(Tensor tensor) -> Optional.of(tensor);
      case Attribute.OfFloat(float value) -> Optional.of(DenseTensor.scalar(value));
      case Attribute.OfInt(long value) -> Optional.of(DenseTensor.scalar(value));
      case Attribute.OfInts(List<Long> values) ->
          Optional.of(
              DenseTensor.ofLongs(
                  values.stream().mapToLong(Long::longValue).toArray(), values.size()));
      case Attribute.OfFloats(List<Float> values) -> {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = values.get(i);
        }
        yield Optional.of(DenseTensor.ofFloats(floats, floats.length));
      }
      default -> Optional.empty();
    };
  }

  /// The data of a node's input `index`, when it is there and constant.
  public Optional<DenseTensor> constantInput(Node node, int index) {
    return node.input(index).flatMap(this::constant);
  }

  /// Whether everything that reads `value` could read `replacement` instead, so that
  /// [GraphEditor#replaceAllUses] is legal. A value that callers see can only give its name to a
  /// value that a node of the same graph computes.
  public boolean canReplace(Value value, Value replacement) {
    if (!value.isGraphOutput()) {
      return true;
    }
    return editor.canReplaceAllUses(value, replacement)
        && value.producer().isPresent()
        && replacement.producer().map(Node::graph).equals(value.producer().map(Node::graph));
  }

  /// The node that reads `value`, when there is exactly one reading, callers do not see the value,
  /// and the reader is not in a subgraph of the producer's graph, where it might run many times.
  public Optional<Node> onlyReader(Value value) {
    if (value.useCount() != 1 || value.isGraphOutput()) {
      return Optional.empty();
    }
    Node reader = value.uses().getFirst().node();
    return value.producer().filter(producer -> producer.graph() != reader.graph()).isPresent()
        ? Optional.empty()
        : Optional.of(reader);
  }

  /// Makes everything that reads a node's only output read `replacement`, and removes the node.
  /// Legal when [#canReplace] says so.
  public void bypass(Node node, Value replacement) {
    editor.replaceAllUses(node.output(0), replacement);
    editor.remove(node);
  }

  /// Puts another node in the place of one with a single output. The new node's output takes over
  /// type and name of the old one's.
  ///
  /// @param spec the new node, without outputs; its name may be that of the node it replaces
  /// @return the new node
  public Node replace(Node node, NodeSpec spec) {
    Value old = node.output(0);
    String name = old.name();
    Value fresh = editor.newValue(name, old.type().orElse(null));
    Node added = editor.insertBefore(node, spec.outputs(fresh));
    editor.replaceAllUses(old, fresh);
    editor.remove(node);
    editor.rename(fresh, name);
    editor.rename(added, spec.name());
    return added;
  }
}
