package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

/// Takes out `Dropout` nodes, which do nothing at inference.
public final class RemoveDropout extends BypassRule {
  private static final int TRAINING_MODE = 2;

  @Override
  public String name() {
    return "remove-dropout";
  }

  @Override
  public String description() {
    return "Dropout does nothing at inference and goes.";
  }

  @Override
  RuleOutcome doesNothing(Node node, RewriteContext context) {
    if (!node.is("Dropout")) {
      return RuleOutcome.noMatch();
    }
    if (node.input(TRAINING_MODE).isPresent()) {
      Optional<DenseTensor> training = context.constantInput(node, TRAINING_MODE);
      if (training.isEmpty()) {
        return RuleOutcome.declined("whether it trains is decided while the model runs", node);
      }
      if (training.get().longAt(0) != 0) {
        return RuleOutcome.declined("it is set to train", node);
      }
    }
    return RuleOutcome.applied("removed");
  }
}
