package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

/// Joins `Reshape`, `Flatten`, `Squeeze` and `Unsqueeze` nodes in a row into one `Reshape` with a
/// constant target.
public final class FuseReshapes implements RewriteRule {
  @Override
  public String name() {
    return "fuse-reshapes";
  }

  @Override
  public String description() {
    return "Reshape, Flatten, Squeeze and Unsqueeze nodes in a row become one Reshape.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    Optional<Node> producer = node.input(0).flatMap(Value::producer);
    if (!Reshapes.is(node) || producer.isEmpty() || !Reshapes.is(producer.get())) {
      return RuleOutcome.noMatch();
    }
    Node inner = producer.get();
    if (context.onlyReader(inner.output(0)).isEmpty()) {
      return RuleOutcome.declined("the first of them has other readers", inner);
    }
    Optional<long[]> target = node.output(0).shape().flatMap(Reshapes::target);
    if (target.isEmpty()) {
      return Reshapes.withoutTarget(node);
    }
    Value source = inner.input(0).orElseThrow();
    String joined = inner.describe();
    NodeSpec spec =
        Reshapes.spec(context.editor(), node.graph(), source, target.get(), node.output(0).name());
    context.replace(node, spec.named(node.name()));
    context.editor().remove(inner);
    return RuleOutcome.applied("joined with " + joined);
  }
}
