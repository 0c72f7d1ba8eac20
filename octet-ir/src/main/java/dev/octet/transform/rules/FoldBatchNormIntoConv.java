package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

/// Multiplies a batch normalization into the weights and bias of the convolution before it (`Conv`
/// or `ConvTranspose`): `W' = W·s`, `b' = b·s + (beta - mean·s)` for each output channel, with
/// `s = gamma / sqrt(variance + epsilon)`, worked out in double and rounded once.
public final class FoldBatchNormIntoConv implements RewriteRule {
  @Override
  public String name() {
    return "fold-batch-norm-into-conv";
  }

  @Override
  public String description() {
    return "A BatchNormalization after a convolution is multiplied into its weights and bias.";
  }

  @Override
  public RuleOutcome apply(Node norm, RewriteContext context) {
    if (!norm.is("BatchNormalization") || context.opset() < BatchNorm.FIRST_OPSET) {
      return RuleOutcome.noMatch();
    }
    Optional<Node> producer = norm.input(0).flatMap(Value::producer);
    if (producer.filter(ConvWeights::isConvolution).isEmpty()) {
      return RuleOutcome.noMatch();
    }
    Node conv = producer.get();
    String obstacle = BatchNorm.obstacle(norm);
    if (obstacle == null) {
      obstacle = ConvWeights.obstacle(conv, norm, context);
    }
    if (obstacle != null) {
      return RuleOutcome.declined(obstacle, norm);
    }
    ConvWeights weights = ConvWeights.of(conv, context);
    int channels = weights.channels();
    Optional<BatchNorm> affine = BatchNorm.of(norm, channels, context);
    if (affine.isEmpty()) {
      return RuleOutcome.declined(
          "its parameters are not all constants of " + channels + " elements", norm);
    }
    double[] scale = affine.get().scale();
    double[] shift = affine.get().shift();
    int broken = weights.firstNonFinite(scale, shift);
    if (broken >= 0) {
      return RuleOutcome.declined("channel " + broken + " does not come out finite", norm);
    }
    weights.fold(norm, scale, shift);
    return RuleOutcome.applied("folded into " + conv.describe());
  }
}
