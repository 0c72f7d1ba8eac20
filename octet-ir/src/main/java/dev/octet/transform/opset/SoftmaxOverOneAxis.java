package dev.octet.transform.opset;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Since opset 13 the softmax family works along one axis, the last by default. Before, it took its
/// input for a matrix, all axes from `axis` (1 by default) on being the columns.
///
/// The two are the same where `axis` is the last; elsewhere the tensor is flattened first and
/// brought back into its shape afterwards.
final class SoftmaxOverOneAxis implements OpsetStep {
  @Override
  public List<String> operators() {
    return List.of("Softmax", "LogSoftmax", "Hardmax");
  }

  @Override
  public int opset() {
    return 13;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    GraphEditor editor = context.editor();
    long axis = node.intAttribute("axis", 1);
    Optional<Shape> shape = node.input(0).flatMap(Value::shape);
    boolean last = axis == -1 || shape.filter(known -> oneAxis(known, axis)).isPresent();
    if (last) {
      editor.setAttribute(node, "axis", Attribute.of(-1));
      return RuleOutcome.applied("its axis, the last, is stated");
    }
    Value data = node.input(0).orElseThrow();
    @Nullable ValueType matrix = data.dataType().map(type -> matrix(type)).orElse(null);
    Value flat = editor.newValue(data.name() + "_flat", matrix);
    editor.insertBefore(
        node, NodeSpec.of("Flatten").inputs(data).outputs(flat).attribute("axis", axis));
    Value rows = editor.newValue(node.output(0).name() + "_flat", matrix);
    editor.insertBefore(
        node,
        NodeSpec.of(node.opType())
            .named(node.name())
            .inputs(flat)
            .outputs(rows)
            .attribute("axis", -1)
            .extraFields(node.extraFields()));
    Value target = shapeOf(data, shape, node, context);
    context.replace(node, NodeSpec.of("Reshape").inputs(rows, target));
    return RuleOutcome.applied("works on a matrix, flattened from axis " + axis);
  }

  /// Whether the columns are those of the last axis alone.
  private static boolean oneAxis(Shape shape, long axis) {
    long first = axis < 0 ? axis + shape.rank() : axis;
    return first == shape.rank() - 1;
  }

  private static ValueType matrix(DataType type) {
    return ValueType.tensor(type, Shape.of(List.of(Dim.unknown(), Dim.unknown())));
  }

  /// The shape to go back to: constant where it is, computed where it is not.
  private static Value shapeOf(
      Value data, Optional<Shape> shape, Node before, RewriteContext context) {
    GraphEditor editor = context.editor();
    Graph graph = before.graph();
    String hint = data.name() + "_shape";
    Optional<long[]> sizes = shape.filter(Shape::isStatic).map(Shape::sizes);
    if (sizes.isPresent()) {
      return editor.addInitializer(
          graph, hint, DenseTensor.ofLongs(sizes.get(), sizes.get().length));
    }
    @Nullable ValueType type =
        shape.map(known -> ValueType.tensor(DataType.INT64, Shape.of(known.rank()))).orElse(null);
    Value computed = editor.newValue(hint, type);
    editor.insertBefore(before, NodeSpec.of("Shape").inputs(data).outputs(computed));
    return computed;
  }
}
