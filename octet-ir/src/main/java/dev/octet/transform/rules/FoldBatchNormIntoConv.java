package dev.octet.transform.rules;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Multiplies a batch normalization into the weights and bias of the convolution before it (`Conv`
/// or `ConvTranspose`): `W' = W·s`, `b' = (b - mean)·s + beta` for each output channel, with
/// `s = gamma / sqrt(variance + epsilon)`, worked out in double and rounded once.
public final class FoldBatchNormIntoConv implements RewriteRule {
  /// First opset in which all forms of the operator mean inference unless told otherwise.
  private static final int FIRST_OPSET = 7;

  /// Factor and shift of each output channel.
  private static final class Affine {
    private final double[] scale;
    private final double[] shift;

    Affine(int channels) {
      scale = new double[channels];
      shift = new double[channels];
    }
  }

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
    if (producer.isEmpty() || !(producer.get().is("Conv") || producer.get().is("ConvTranspose"))) {
      return RuleOutcome.noMatch();
    }
    Node conv = producer.get();
    String obstacle = obstacle(norm, conv, context);
    if (obstacle != null) {
      return RuleOutcome.declined(obstacle, norm);
    }
    DenseTensor weights = context.constantInput(conv, 1).orElseThrow();
    Optional<DenseTensor> bias = context.constantInput(conv, 2);
    int channels = channels(conv, weights);
    List<DenseTensor> parameters = parameters(norm, context);
    boolean fits =
        parameters.size() == 4
            && parameters.stream().allMatch(tensor -> tensor.elementCount() == channels);
    if (!fits || bias.filter(tensor -> tensor.elementCount() != channels).isPresent()) {
      return RuleOutcome.declined(
          "its parameters are not all constants of " + channels + " elements", norm);
    }
    Affine affine = affine(norm, parameters, bias.orElse(null));
    for (int channel = 0; channel < channels; channel++) {
      if (!Double.isFinite(affine.scale[channel]) || !Double.isFinite(affine.shift[channel])) {
        return RuleOutcome.declined("channel " + channel + " does not come out finite", norm);
      }
    }
    fold(norm, conv, weights, affine, context);
    return RuleOutcome.applied("folded into " + conv.describe());
  }

  private static @Nullable String obstacle(Node norm, Node conv, RewriteContext context) {
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
    if (context.onlyReader(conv.output(0)).isEmpty()
        || !context.canReplace(norm.output(0), conv.output(0))) {
      return "what " + conv.describe() + " computes has other readers";
    }
    Optional<DenseTensor> weights = context.constantInput(conv, 1);
    if (weights.isEmpty()
        || (conv.input(2).isPresent() && context.constantInput(conv, 2).isEmpty())) {
      return "weights or bias of " + conv.describe() + " are not constant";
    }
    if (!FloatTensors.supports(weights.get().dataType()) || weights.get().dims().size() < 3) {
      return "weights " + weights.get() + " are not of a kind to fold into";
    }
    return null;
  }

  private static int channels(Node conv, DenseTensor weights) {
    long channels =
        conv.is("Conv")
            ? weights.dims().get(0)
            : weights.dims().get(1) * conv.intAttribute("group", 1);
    return Math.toIntExact(channels);
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

  private static Affine affine(
      Node norm, List<DenseTensor> parameters, @Nullable DenseTensor bias) {
    double epsilon = norm.floatAttribute("epsilon", 1e-5f);
    int channels = (int) parameters.getFirst().elementCount();
    Affine affine = new Affine(channels);
    for (int channel = 0; channel < channels; channel++) {
      double mean = parameters.get(2).doubleAt(channel);
      double variance = parameters.get(3).doubleAt(channel);
      double before = bias == null ? 0 : bias.doubleAt(channel);
      double scale = parameters.get(0).doubleAt(channel) / Math.sqrt(variance + epsilon);
      affine.scale[channel] = scale;
      affine.shift[channel] = (before - mean) * scale + parameters.get(1).doubleAt(channel);
    }
    return affine;
  }

  private static void fold(
      Node norm, Node conv, DenseTensor weights, Affine affine, RewriteContext context) {
    DataType type = weights.dataType();
    int channels = affine.scale.length;
    DenseTensor bias = FloatTensors.of(type, List.of((long) channels), affine.shift);
    Value output = conv.output(0);
    String hint = conv.input(1).orElseThrow().name().replaceAll("[._/]?weight$", "");
    put(conv, 1, scaled(conv, weights, affine.scale), hint + ".weight", context);
    put(conv, 2, bias, hint + ".bias", context);
    context.bypass(norm, output);
  }

  /// Replaces constant input `index`: in place when nothing else reads it, beside it otherwise.
  private static void put(
      Node conv, int index, DenseTensor tensor, String hint, RewriteContext context) {
    Graph graph = conv.graph();
    Value old = conv.input(index).orElse(null);
    if (old != null
        && old.isConstant()
        && context.onlyReader(old).isPresent()
        && graph == context.model().graph()) {
      context.editor().setInitializer(graph, old, tensor, OpaqueFields.NONE);
    } else {
      Value fresh = context.editor().addInitializer(graph, hint, tensor);
      context.editor().setInput(conv, index, fresh);
    }
  }

  private static DenseTensor scaled(Node conv, DenseTensor weights, double[] scale) {
    int count = Math.toIntExact(weights.elementCount());
    long first = weights.dims().get(0);
    long second = weights.dims().get(1);
    int perSecond = (int) (count / Math.max(1, first * second));
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      long row = i / (perSecond * second);
      long column = i / perSecond % second;
      long channel = row;
      if (conv.is("ConvTranspose")) {
        // Rows are input channels, group after group; a group's columns are its output channels.
        long group = row / (first / conv.intAttribute("group", 1));
        channel = group * second + column;
      }
      values[i] = weights.doubleAt(i) * scale[(int) channel];
    }
    return FloatTensors.of(weights.dataType(), weights.dims(), values);
  }
}
