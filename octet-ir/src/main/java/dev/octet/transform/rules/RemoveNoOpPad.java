package dev.octet.transform.rules;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.Arrays;
import java.util.Optional;

/// Takes out `Pad` nodes that add nothing.
public final class RemoveNoOpPad extends BypassRule {
  @Override
  public String name() {
    return "remove-no-op-pad";
  }

  @Override
  public String description() {
    return "A Pad by zero elements on every side goes.";
  }

  @Override
  RuleOutcome doesNothing(Node node, RewriteContext context) {
    if (!node.is("Pad")) {
      return RuleOutcome.noMatch();
    }
    Optional<long[]> pads =
        node.intsAttribute("pads")
            .or(
                () ->
                    context
                        .constantInput(node, 1)
                        .filter(data -> data.dataType() == DataType.INT64)
                        .map(DenseTensor::toLongArray));
    if (pads.isEmpty()) {
      return RuleOutcome.declined("how much it pads is computed", node);
    }
    boolean nothing = Arrays.stream(pads.get()).allMatch(pad -> pad == 0);
    return nothing ? RuleOutcome.applied("removed, pads nothing") : RuleOutcome.noMatch();
  }
}
