package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes out the output channels of a `Conv`, `Gemm` or `MatMul` whose weights are zero.
///
/// Such a channel holds its bias, whatever comes in. Up to the next layers that number goes through
/// nodes that keep channels apart, and comes out as another; there, it times the weights is the
/// same in every run, and becomes part of the bias. Where a next layer lays zeros around its input,
/// it is not the same everywhere, and only channels that hold zero there can go.
public final class PruneDeadChannels implements RewriteRule {
  /// Below this share of the layer's largest weight, what a channel adds to its bias is lost in the
  /// rounding of the sums over all channels.
  public static final double LOST = 1.0 / (1 << 24);

  @Override
  public String name() {
    return "prune-dead-channels";
  }

  @Override
  public String description() {
    return "Output channels whose weights are zero go, and what they add becomes part of the next"
        + " layer's bias.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    if (!node.is("Conv") && !LinearWeights.isLinear(node)) {
      return RuleOutcome.noMatch();
    }
    Optional<DenseTensor> weights = context.constantInput(node, 1);
    int axis = channelAxis(node);
    if (weights
        .filter(found -> FloatTensors.supports(found.dataType()))
        .filter(found -> node.is("Conv") ? found.dims().size() > 2 : found.dims().size() == 2)
        .isEmpty()) {
      return RuleOutcome.noMatch();
    }
    BitSet dead = dead(weights.get(), axis);
    if (dead.isEmpty()) {
      return RuleOutcome.noMatch();
    }
    String obstacle = obstacle(node, context);
    if (obstacle != null) {
      return RuleOutcome.declined(obstacle, node);
    }
    int channels = Math.toIntExact(weights.get().dims().get(axis));
    ChannelTrace trace = ChannelTrace.of(node, constants(node, channels, dead, context), context);
    if (trace.obstacle() != null) {
      return RuleOutcome.declined(trace.obstacle(), node);
    }
    dead.andNot(trace.uneven());
    if (dead.isEmpty()) {
      return RuleOutcome.declined(
          trace.padding().orElseThrow().describe() + " lays zeros around what they hold", node);
    }
    if (dead.cardinality() == channels) {
      dead.clear(channels - 1);
    }
    if (dead.isEmpty()) {
      return RuleOutcome.declined("it is the only channel", node);
    }
    prune(node, trace, new ChannelCut(channels, dead), context);
    return RuleOutcome.applied(
        "%d of its %d channels taken out".formatted(dead.cardinality(), channels));
  }

  private static int channelAxis(Node layer) {
    boolean first = layer.is("Conv") || layer.intAttribute("transB", 0) != 0;
    return first ? 0 : 1;
  }

  private static BitSet dead(DenseTensor weights, int axis) {
    int channels = Math.toIntExact(weights.dims().get(axis));
    double[] largest = new double[channels];
    long inner = axis == 0 ? weights.elementCount() / Math.max(1, channels) : 1;
    for (long i = 0; i < weights.elementCount(); i++) {
      int channel = (int) (i / inner % channels);
      largest[channel] = Math.max(largest[channel], Math.abs(weights.doubleAt(i)));
    }
    double lost = Arrays.stream(largest).max().orElse(0) * LOST;
    BitSet dead = new BitSet(channels);
    for (int channel = 0; channel < channels; channel++) {
      dead.set(channel, largest[channel] <= lost);
    }
    return dead;
  }

  private static @Nullable String obstacle(Node layer, RewriteContext context) {
    if (!layer.is("Conv")) {
      return LinearWeights.obstacle(layer, context);
    }
    return layer.intAttribute("group", 1) == 1
        ? ConvWeights.obstacle(layer, context)
        : "its channels are in groups, which would be of different sizes";
  }

  /// What each channel holds: its bias, or NaN where it is computed.
  private static double[] constants(Node layer, int channels, BitSet dead, RewriteContext context) {
    double[] constants = new double[channels];
    Arrays.fill(constants, Double.NaN);
    Optional<DenseTensor> bias = context.constantInput(layer, 2);
    double factor = layer.is("Gemm") ? layer.floatAttribute("beta", 1) : 1;
    dead.stream()
        .forEach(
            channel ->
                constants[channel] =
                    bias.map(b -> factor * b.doubleAt(b.elementCount() == 1 ? 0 : channel))
                        .orElse(0.0));
    return constants;
  }

  private static void prune(
      Node layer, ChannelTrace trace, ChannelCut cut, RewriteContext context) {
    for (Node end : trace.ends()) {
      ChannelTrace.Place place = trace.place(end.input(0).orElseThrow());
      if (end.is("Conv")) {
        ConvWeights.of(end, context).withoutInputs(cut, place.constants());
      } else {
        LinearWeights.of(end, context).withoutInputs(cut, place);
      }
    }
    GraphEditor editor = context.editor();
    trace
        .places()
        .forEach(
            (value, place) ->
                value
                    .type()
                    .ifPresent(
                        type -> editor.setType(value, cut.of(type, place.axis(), place.repeat()))));
    for (Node node : trace.operands()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        if (!trace.places().containsKey(node.input(i).orElseThrow())) {
          cut(node, i, cut, context);
        }
      }
    }
    trace.reshapes().forEach(node -> recount(node, trace, cut, context));
    replace(
        layer,
        1,
        cut.of(context.constantInput(layer, 1).orElseThrow(), channelAxis(layer), 1),
        context);
    if (layer.input(2).isPresent()) {
      cut(layer, 2, cut, context);
    }
  }

  /// Takes the channels out of a constant that has a number for each, along one axis.
  private static void cut(Node node, int input, ChannelCut cut, RewriteContext context) {
    DenseTensor constant = context.constantInput(node, input).orElseThrow();
    int axis = constant.dims().indexOf((long) cut.channels());
    if (axis >= 0 && constant.elementCount() == cut.channels()) {
      replace(node, input, cut.of(constant, axis, 1), context);
    }
  }

  /// Lets a `Reshape` to a matrix count the channels that are left.
  private static void recount(
      Node node, ChannelTrace trace, ChannelCut cut, RewriteContext context) {
    long[] sizes = context.constantInput(node, 1).orElseThrow().toLongArray();
    if (sizes[1] != -1) {
      sizes[1] = (long) cut.left() * trace.place(node.output(0)).repeat();
      replace(node, 1, DenseTensor.ofLongs(sizes, 2), context);
    }
  }

  private static void replace(Node node, int input, DenseTensor tensor, RewriteContext context) {
    Value old = node.input(input).orElseThrow();
    Value fresh = context.editor().addInitializer(node.graph(), old.name(), tensor);
    context.editor().setInput(node, input, fresh);
  }
}
