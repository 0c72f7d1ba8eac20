package dev.octet.transform.rules;

import dev.octet.ir.Attribute;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

/// Joins a `Transpose` of a `Transpose` into one, or none.
public final class FuseTransposes implements RewriteRule {
  @Override
  public String name() {
    return "fuse-transposes";
  }

  @Override
  public String description() {
    return "A Transpose of a Transpose becomes one Transpose, or none where they cancel.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    Optional<int[]> second = Permutations.of(node);
    Optional<Node> producer = node.input(0).flatMap(Value::producer);
    Optional<int[]> first = producer.flatMap(Permutations::of);
    if (second.isEmpty() || first.isEmpty() || first.get().length != second.get().length) {
      return RuleOutcome.noMatch();
    }
    Value source = producer.get().input(0).orElseThrow();
    int[] both = Permutations.compose(first.get(), second.get());
    boolean cancel = Permutations.isIdentity(both) && context.canReplace(node.output(0), source);
    // With other readers the first Transpose stays: only cancelling saves anything then.
    if (!cancel && context.onlyReader(producer.get().output(0)).isEmpty()) {
      return RuleOutcome.declined("the inner Transpose has other readers", producer.get());
    }
    String inner = producer.get().describe();
    if (cancel) {
      context.bypass(node, source);
    } else {
      NodeSpec spec =
          NodeSpec.of("Transpose")
              .named(node.name())
              .inputs(source)
              .attribute("perm", Attribute.ints(Permutations.toLongs(both)));
      context.replace(node, spec);
    }
    if (producer.get().output(0).isUnused()) {
      context.editor().remove(producer.get());
    }
    return RuleOutcome.applied((cancel ? "cancels " : "joined with ") + inner);
  }
}
