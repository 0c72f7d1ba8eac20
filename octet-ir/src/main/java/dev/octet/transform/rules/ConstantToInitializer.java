package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

/// Turns `Constant` nodes into initializers, where every tool looks for weights.
public final class ConstantToInitializer implements RewriteRule {
  /// First version of the file format in which an initializer need not be a graph input too.
  private static final long FIRST_IR_WITH_PLAIN_INITIALIZERS = 4;

  @Override
  public String name() {
    return "constant-to-initializer";
  }

  @Override
  public String description() {
    return "Constant nodes become initializers, where quantizers and viewers look for weights.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    if (!node.is("Constant")) {
      return RuleOutcome.noMatch();
    }
    Value output = node.output(0);
    Optional<Tensor> tensor = context.constantOf(node);
    if (tensor.isEmpty()) {
      return RuleOutcome.declined("its value is sparse or text", node);
    }
    if (output.isGraphOutput()) {
      return RuleOutcome.declined("a graph output must be computed by a node", output.name());
    }
    long irVersion = context.model().info().irVersion();
    if (irVersion < FIRST_IR_WITH_PLAIN_INITIALIZERS) {
      return RuleOutcome.declined(
          "in IR version " + irVersion + " an initializer has to be a graph input as well", node);
    }
    String name = output.name();
    Value initializer = context.editor().addInitializer(node.graph(), name, tensor.get());
    context.bypass(node, initializer);
    context.editor().rename(initializer, name);
    return RuleOutcome.applied("became initializer '" + name + "'");
  }
}
