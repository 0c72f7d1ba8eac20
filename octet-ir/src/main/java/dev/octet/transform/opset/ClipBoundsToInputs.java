package dev.octet.transform.opset;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;
import java.util.Optional;

/// Since opset 11 `Clip` reads its bounds as inputs, of the type it clips.
final class ClipBoundsToInputs implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Clip");
  }

  @Override
  public int opset() {
    return 11;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    boolean low = node.attributes().containsKey("min");
    boolean high = node.attributes().containsKey("max");
    if (!low && !high) {
      return RuleOutcome.noMatch();
    }
    Optional<DataType> type = node.input(0).flatMap(Value::dataType);
    Optional<DenseTensor> min =
        type.flatMap(t -> ConstantInputs.scalar(t, node.floatAttribute("min", 0)));
    Optional<DenseTensor> max =
        type.flatMap(t -> ConstantInputs.scalar(t, node.floatAttribute("max", 0)));
    if (min.isEmpty() || max.isEmpty()) {
      return RuleOutcome.declined("what it clips is of unknown type", node);
    }
    context.editor().removeAttribute(node, "min");
    context.editor().removeAttribute(node, "max");
    if (low) {
      ConstantInputs.set(node, 1, "min", min.get(), context);
    }
    if (high) {
      ConstantInputs.set(node, 2, "max", max.get(), context);
    }
    return RuleOutcome.applied("reads its bounds as inputs");
  }
}
