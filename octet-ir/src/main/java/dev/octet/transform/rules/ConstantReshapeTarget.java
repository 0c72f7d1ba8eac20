package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

/// Gives a `Reshape` whose target is computed a constant one, where shapes tell it.
///
/// The computation (`Shape`, `Gather`, `Concat`, …) usually has no other reader and then goes too.
public final class ConstantReshapeTarget implements RewriteRule {
  @Override
  public String name() {
    return "constant-reshape-target";
  }

  @Override
  public String description() {
    return "A Reshape whose target is computed gets a constant one, where its shape is known.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    Optional<Value> stated = node.input(1);
    if (!node.is("Reshape") || stated.isEmpty() || context.constant(stated.get()).isPresent()) {
      return RuleOutcome.noMatch();
    }
    Optional<long[]> target = node.output(0).shape().flatMap(Reshapes::target);
    if (target.isEmpty()) {
      return Reshapes.withoutTarget(node);
    }
    NodeSpec spec =
        Reshapes.spec(
            context.editor(),
            node.graph(),
            node.input(0).orElseThrow(),
            target.get(),
            node.output(0).name());
    context.editor().setInput(node, 1, spec.inputs().get(1));
    return RuleOutcome.applied("target is now constant");
  }
}
