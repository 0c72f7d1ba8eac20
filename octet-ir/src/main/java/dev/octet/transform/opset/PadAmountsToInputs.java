package dev.octet.transform.opset;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;
import java.util.Optional;

/// Since opset 11 `Pad` reads amounts and value as inputs, the value of the type it pads.
final class PadAmountsToInputs implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Pad");
  }

  @Override
  public int opset() {
    return 11;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    float value = node.floatAttribute("value", 0);
    Optional<DenseTensor> padding =
        node.input(0).flatMap(Value::dataType).flatMap(t -> ConstantInputs.scalar(t, value));
    if (value != 0 && padding.isEmpty()) {
      return RuleOutcome.declined("what it pads is of unknown type", node);
    }
    context.editor().removeAttribute(node, "value");
    ConstantInputs.moveInts(node, "pads", 1, context);
    if (value != 0) {
      ConstantInputs.set(node, 2, "value", padding.orElseThrow(), context);
    }
    return RuleOutcome.applied("reads its amounts as an input");
  }
}
