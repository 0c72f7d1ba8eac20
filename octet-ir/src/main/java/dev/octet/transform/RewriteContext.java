package dev.octet.transform;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
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
  /// the `value` of a `Constant` node.
  public Optional<DenseTensor> constant(Value value) {
    Optional<Tensor> tensor =
        value.isConstant()
            ? value.initializer()
            : value
                .producer()
                .filter(producer -> producer.is("Constant"))
                .flatMap(producer -> producer.tensorAttribute("value"));
    return tensor.filter(DenseTensor.class::isInstance).map(DenseTensor.class::cast);
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

  /// The one node input that reads `value`, when there is exactly one reading and callers do not
  /// see the value.
  public Optional<Node> onlyReader(Value value) {
    return value.useCount() == 1 && !value.isGraphOutput()
        ? Optional.of(value.uses().getFirst().node())
        : Optional.empty();
  }
}
