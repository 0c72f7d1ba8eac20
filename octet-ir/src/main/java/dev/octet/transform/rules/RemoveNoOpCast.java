package dev.octet.transform.rules;

import dev.octet.ir.DataType;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

/// Takes out `Cast` nodes to the type their input has already.
public final class RemoveNoOpCast extends BypassRule {
  @Override
  public String name() {
    return "remove-no-op-cast";
  }

  @Override
  public String description() {
    return "A Cast to the type its input has already goes.";
  }

  @Override
  RuleOutcome doesNothing(Node node, RewriteContext context) {
    if (!node.is("Cast")) {
      return RuleOutcome.noMatch();
    }
    Optional<DataType> from = node.input(0).flatMap(Value::dataType);
    if (from.isEmpty()) {
      return RuleOutcome.declined("the type of its input is not known", node);
    }
    Optional<DataType> to = DataType.fromOnnx((int) node.intAttribute("to", 0));
    boolean same = to.isPresent() && from.equals(to);
    return same
        ? RuleOutcome.applied("removed, input is " + to.get() + " already")
        : RuleOutcome.noMatch();
  }
}
