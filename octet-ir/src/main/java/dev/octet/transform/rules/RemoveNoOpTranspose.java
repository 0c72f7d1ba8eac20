package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

/// Takes out `Transpose` nodes that leave every axis where it is.
public final class RemoveNoOpTranspose extends BypassRule {
  @Override
  public String name() {
    return "remove-no-op-transpose";
  }

  @Override
  public String description() {
    return "A Transpose that leaves every axis where it is goes.";
  }

  @Override
  RuleOutcome doesNothing(Node node, RewriteContext context) {
    if (!node.is("Transpose")) {
      return RuleOutcome.noMatch();
    }
    Optional<int[]> permutation = Permutations.of(node);
    if (permutation.isEmpty()) {
      return RuleOutcome.declined("how many axes it turns around is not known", node);
    }
    return Permutations.isIdentity(permutation.get())
        ? RuleOutcome.applied("removed, moves no axis")
        : RuleOutcome.noMatch();
  }
}
