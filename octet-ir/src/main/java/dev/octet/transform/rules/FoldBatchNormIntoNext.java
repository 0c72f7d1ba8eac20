package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Arrays;
import java.util.Optional;

/// Multiplies a batch normalization into the `Conv`, `Gemm` or `MatMul` after it.
///
/// What the normalization adds also lies where a convolution would pad with zeros, so a convolution
/// that pads can take over its factors, but not what it adds.
public final class FoldBatchNormIntoNext implements RewriteRule {
  @Override
  public String name() {
    return "fold-batch-norm-into-next";
  }

  @Override
  public String description() {
    return "A BatchNormalization before a Conv, Gemm or MatMul is multiplied into its weights and"
        + " bias.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    Optional<Node> producer =
        node.input(0).flatMap(Value::producer).filter(before -> before.is("BatchNormalization"));
    if (!(node.is("Conv") || LinearWeights.isLinear(node))
        || producer.isEmpty()
        || context.opset() < BatchNorm.FIRST_OPSET) {
      return RuleOutcome.noMatch();
    }
    Node norm = producer.get();
    String obstacle = BatchNorm.obstacle(norm);
    if (obstacle == null && context.onlyReader(norm.output(0)).isEmpty()) {
      obstacle = "it has other readers";
    }
    if (obstacle == null) {
      obstacle =
          node.is("Conv")
              ? ConvWeights.obstacle(node, context)
              : LinearWeights.obstacle(node, context);
    }
    if (obstacle != null) {
      return RuleOutcome.declined(obstacle, norm);
    }
    return node.is("Conv") ? intoConv(norm, node, context) : intoLinear(norm, node, context);
  }

  private static RuleOutcome intoConv(Node norm, Node conv, RewriteContext context) {
    ConvWeights weights = ConvWeights.of(conv, context);
    Optional<BatchNorm> affine = BatchNorm.of(norm, weights.inputChannels(), context);
    if (affine.filter(BatchNorm::isFinite).isEmpty()) {
      return parameters(norm, weights.inputChannels());
    }
    boolean pads =
        conv.stringAttribute("auto_pad", "NOTSET").startsWith("SAME")
            || Arrays.stream(conv.intsAttribute("pads").orElse(new long[0])).anyMatch(p -> p != 0);
    if (pads && !affine.get().onlyScales()) {
      return RuleOutcome.declined(
          conv.describe() + " pads with zeros, to which nothing would be added", norm);
    }
    weights.foldInputs(affine.get());
    context.editor().setInput(conv, 0, norm.input(0).orElseThrow());
    context.editor().remove(norm);
    return RuleOutcome.applied("folded the normalization before it into " + conv.describe());
  }

  private static RuleOutcome intoLinear(Node norm, Node linear, RewriteContext context) {
    LinearWeights weights = LinearWeights.of(linear, context);
    Optional<BatchNorm> affine = BatchNorm.of(norm, weights.inputs(), context);
    if (affine.filter(BatchNorm::isFinite).isEmpty()) {
      return parameters(norm, weights.inputs());
    }
    String folded = linear.describe();
    context.editor().setInput(linear, 0, norm.input(0).orElseThrow());
    context.editor().remove(norm);
    weights.foldInputs(affine.get());
    return RuleOutcome.applied("folded the normalization before it into " + folded);
  }

  private static RuleOutcome parameters(Node norm, int channels) {
    return RuleOutcome.declined(
        "its parameters are not " + channels + " finite constants each", norm);
  }
}
