package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Arrays;
import java.util.Optional;

/// Folds the `Add`, `Sub`, `Mul` or `Div` of a constant for each channel into the convolution
/// before it. Older exporters write a convolution's bias as an `Add`; left there, it keeps the
/// activation after it from joining the convolution.
public final class FoldChannelArithmeticIntoConv implements RewriteRule {
  private static final int FIRST_BROADCASTING_OPSET = 7;

  @Override
  public String name() {
    return "fold-channel-arithmetic-into-conv";
  }

  @Override
  public String description() {
    return "A constant added to or multiplied with each channel of a convolution is folded into"
        + " it.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    boolean commutes = node.is("Add") || node.is("Mul");
    if (context.opset() < FIRST_BROADCASTING_OPSET
        || !(commutes || node.is("Sub") || node.is("Div"))) {
      return RuleOutcome.noMatch();
    }
    for (int side = 0; side < (commutes ? 2 : 1); side++) {
      Optional<Node> conv =
          node.input(side).flatMap(Value::producer).filter(ConvWeights::isConvolution);
      Optional<DenseTensor> operand =
          context
              .constantInput(node, 1 - side)
              .filter(tensor -> FloatTensors.supports(tensor.dataType()));
      if (conv.isPresent() && operand.isPresent()) {
        return fold(conv.get(), node, operand.get(), context);
      }
    }
    return RuleOutcome.noMatch();
  }

  private static RuleOutcome fold(
      Node conv, Node node, DenseTensor operand, RewriteContext context) {
    String obstacle = ConvWeights.obstacle(conv, node, context);
    if (obstacle != null) {
      return RuleOutcome.declined(obstacle, node);
    }
    ConvWeights weights = ConvWeights.of(conv, context);
    int channels = weights.channels();
    int rank = context.constantInput(conv, 1).orElseThrow().dims().size();
    if (!isPerChannel(operand.shape(), rank, channels)) {
      return RuleOutcome.declined(
          "its constant " + operand.shape() + " is not one number for each channel", node);
    }
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    Arrays.fill(scale, 1);
    for (int channel = 0; channel < channels; channel++) {
      double number = operand.doubleAt(operand.elementCount() == 1 ? 0 : channel);
      switch (node.opType()) {
        case "Add" -> shift[channel] = number;
        case "Sub" -> shift[channel] = -number;
        case "Mul" -> scale[channel] = number;
        default -> scale[channel] = 1 / number;
      }
    }
    int broken = weights.firstNonFinite(scale, shift);
    if (broken >= 0) {
      return RuleOutcome.declined("channel " + broken + " does not come out finite", node);
    }
    weights.fold(node, scale, shift);
    return RuleOutcome.applied("folded into " + conv.describe());
  }

  /// Whether a constant of this shape broadcasts over `[N, C, spatial…]` without enlarging it and
  /// varies along the channels only.
  private static boolean isPerChannel(Shape shape, int rank, int channels) {
    if (shape.rank() > rank) {
      return false;
    }
    long[] sizes = shape.sizes();
    for (int i = 0; i < sizes.length; i++) {
      boolean channelAxis = i + (rank - sizes.length) == 1;
      if (sizes[i] != 1 && !(channelAxis && sizes[i] == channels)) {
        return false;
      }
    }
    return true;
  }
}
