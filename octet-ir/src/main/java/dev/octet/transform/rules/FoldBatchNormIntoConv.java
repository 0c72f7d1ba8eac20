package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Multiplies a batch normalization into the weights and bias of the convolution before it (`Conv`
/// or `ConvTranspose`): `W' = W·s`, `b' = b·s + (beta - mean·s)` for each output channel, with
/// `s = gamma / sqrt(variance + epsilon)`, worked out in double and rounded once.
public final class FoldBatchNormIntoConv implements RewriteRule {
  /// First opset in which all forms of the operator mean inference unless told otherwise.
  private static final int FIRST_OPSET = 7;

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
    if (!norm.is("BatchNormalization") || context.opset() < FIRST_OPSET) {
      return RuleOutcome.noMatch();
    }
    Optional<Node> producer = norm.input(0).flatMap(Value::producer);
    if (producer.filter(ConvWeights::isConvolution).isEmpty()) {
      return RuleOutcome.noMatch();
    }
    Node conv = producer.get();
    String obstacle = obstacle(norm);
    if (obstacle == null) {
      obstacle = ConvWeights.obstacle(conv, norm, context);
    }
    if (obstacle != null) {
      return RuleOutcome.declined(obstacle, norm);
    }
    ConvWeights weights = ConvWeights.of(conv, context);
    int channels = weights.channels();
    List<DenseTensor> parameters = parameters(norm, context);
    boolean fits =
        parameters.size() == 4
            && parameters.stream().allMatch(tensor -> tensor.elementCount() == channels);
    if (!fits) {
      return RuleOutcome.declined(
          "its parameters are not all constants of " + channels + " elements", norm);
    }
    double epsilon = norm.floatAttribute("epsilon", 1e-5f);
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    for (int channel = 0; channel < channels; channel++) {
      double gamma = parameters.get(0).doubleAt(channel);
      double beta = parameters.get(1).doubleAt(channel);
      double mean = parameters.get(2).doubleAt(channel);
      double variance = parameters.get(3).doubleAt(channel);
      scale[channel] = gamma / Math.sqrt(variance + epsilon);
      shift[channel] = beta - mean * scale[channel];
    }
    int broken = weights.firstNonFinite(scale, shift);
    if (broken >= 0) {
      return RuleOutcome.declined("channel " + broken + " does not come out finite", norm);
    }
    weights.fold(norm, scale, shift);
    return RuleOutcome.applied("folded into " + conv.describe());
  }

  private static @Nullable String obstacle(Node norm) {
    if (norm.intAttribute("training_mode", 0) != 0) {
      return "it is set to train";
    }
    if (norm.intAttribute("spatial", 1) == 0) {
      return "it normalizes every element by its own statistics";
    }
    for (int i = 1; i < norm.outputs().size(); i++) {
      Value statistics = norm.outputs().get(i);
      if (statistics != null && !statistics.isUnused()) {
        return "its statistics are read";
      }
    }
    return null;
  }

  /// Gamma, beta, mean, variance; fewer when one is not constant floating point.
  private static List<DenseTensor> parameters(Node norm, RewriteContext context) {
    List<DenseTensor> parameters = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      context
          .constantInput(norm, i)
          .filter(tensor -> FloatTensors.supports(tensor.dataType()))
          .ifPresent(parameters::add);
    }
    return parameters;
  }
}
