package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

/// Multiplies a batch normalization into the `Gemm` or `MatMul` before it.
public final class FoldBatchNormIntoLinear implements RewriteRule {
  @Override
  public String name() {
    return "fold-batch-norm-into-linear";
  }

  @Override
  public String description() {
    return "A BatchNormalization after a Gemm or MatMul is multiplied into its weights and bias.";
  }

  @Override
  public RuleOutcome apply(Node norm, RewriteContext context) {
    if (!norm.is("BatchNormalization") || context.opset() < BatchNorm.FIRST_OPSET) {
      return RuleOutcome.noMatch();
    }
    Optional<Node> producer =
        norm.input(0).flatMap(Value::producer).filter(LinearWeights::isLinear);
    if (producer.isEmpty()) {
      return RuleOutcome.noMatch();
    }
    Node linear = producer.get();
    String obstacle = BatchNorm.obstacle(norm);
    if (obstacle == null) {
      obstacle = LinearWeights.obstacle(linear, context);
    }
    if (obstacle == null
        && (context.onlyReader(linear.output(0)).isEmpty()
            || !context.canReplace(norm.output(0), linear.output(0)))) {
      obstacle = "what " + linear.describe() + " computes has other readers";
    }
    if (obstacle != null) {
      return RuleOutcome.declined(obstacle, norm);
    }
    LinearWeights weights = LinearWeights.of(linear, context);
    Optional<BatchNorm> affine = BatchNorm.of(norm, weights.outputs(), context);
    if (affine.filter(BatchNorm::isFinite).isEmpty()) {
      return RuleOutcome.declined(
          "its parameters are not " + weights.outputs() + " finite constants each", norm);
    }
    String folded = linear.describe();
    weights.foldOutputs(affine.get());
    context.bypass(norm, norm.input(0).orElseThrow());
    return RuleOutcome.applied("folded into " + folded);
  }
}
