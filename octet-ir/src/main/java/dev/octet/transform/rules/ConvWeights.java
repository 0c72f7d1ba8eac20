package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.TensorMemory;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Weights and bias of a `Conv` or `ConvTranspose`, into which a factor and a shift of each output
/// channel can be multiplied: `W' = W·scale`, `b' = b·scale + shift`, worked out in double and
/// rounded once.
final class ConvWeights {
  private final Node conv;
  private final DenseTensor weights;
  private final @Nullable DenseTensor bias;
  private final RewriteContext context;

  /// What the layer's parts are named after.
  private final String name;

  private ConvWeights(
      Node conv, DenseTensor weights, @Nullable DenseTensor bias, RewriteContext context) {
    this.conv = conv;
    this.weights = weights;
    this.bias = bias;
    this.context = context;
    this.name = conv.input(1).orElseThrow().name().replaceAll("[._/]?weight$", "");
  }

  static boolean isConvolution(Node node) {
    return node.is("Conv") || node.is("ConvTranspose");
  }

  /// Why nothing computed by `follower` from the convolution's output can be folded into it; `null`
  /// when it can.
  static @Nullable String obstacle(Node conv, Node follower, RewriteContext context) {
    if (context.onlyReader(conv.output(0)).isEmpty()
        || !context.canReplace(follower.output(0), conv.output(0))) {
      return "what " + conv.describe() + " computes has other readers";
    }
    return obstacle(conv, context);
  }

  /// Why nothing can be folded into the convolution; `null` when something can.
  static @Nullable String obstacle(Node conv, RewriteContext context) {
    Optional<DenseTensor> weights = context.constantInput(conv, 1);
    Optional<DenseTensor> bias = context.constantInput(conv, 2);
    if (weights.isEmpty() || (conv.input(2).isPresent() && bias.isEmpty())) {
      return "weights or bias of " + conv.describe() + " are not constant";
    }
    boolean foldable =
        FloatTensors.supports(weights.get().dataType())
            && weights.get().dims().size() > 2
            && bias.filter(b -> b.dataType() != weights.get().dataType()).isEmpty();
    return foldable ? null : "weights " + weights.get() + " are not of a kind to fold into";
  }

  /// The weights of a convolution without [#obstacle].
  static ConvWeights of(Node conv, RewriteContext context) {
    return new ConvWeights(
        conv,
        context.constantInput(conv, 1).orElseThrow(),
        context.constantInput(conv, 2).orElse(null),
        context);
  }

  /// Number of output channels.
  int channels() {
    long channels =
        conv.is("Conv")
            ? weights.dims().get(0)
            : weights.dims().get(1) * conv.intAttribute("group", 1);
    return Math.toIntExact(channels);
  }

  /// Number of input channels of a `Conv`.
  int inputChannels() {
    return Math.toIntExact(weights.dims().get(1) * conv.intAttribute("group", 1));
  }

  /// Makes a `Conv` work on `x·scale + shift` of each input channel. What is added is only right
  /// where the convolution does not pad.
  void foldInputs(BatchNorm before) {
    int count = Math.toIntExact(weights.elementCount());
    long rows = weights.dims().get(0);
    long columns = weights.dims().get(1);
    long perKernel = count / Math.max(1, rows * columns);
    long rowsPerGroup = rows / conv.intAttribute("group", 1);
    double[] values = new double[count];
    double[] sums = new double[Math.toIntExact(rows)];
    for (int i = 0; i < count; i++) {
      int row = (int) (i / (perKernel * columns));
      int channel = (int) (row / rowsPerGroup * columns + i / perKernel % columns);
      values[i] = weights.doubleAt(i) * before.scale()[channel];
      sums[row] += weights.doubleAt(i) * before.shift()[channel];
    }
    for (int row = 0; row < sums.length; row++) {
      sums[row] += bias == null ? 0 : bias.doubleAt(row);
    }
    put(1, FloatTensors.of(weights.dataType(), weights.dims(), values), name + ".weight");
    putBias(sums);
  }

  /// Makes a `Conv` of one group work without some of its input channels.
  ///
  /// @param held the number that each of them holds everywhere
  void withoutInputs(ChannelCut cut, double[] held) {
    long rows = weights.dims().get(0);
    long perKernel = weights.elementCount() / Math.max(1, rows * cut.channels());
    double[] sums = new double[Math.toIntExact(rows)];
    for (int row = 0; row < sums.length; row++) {
      sums[row] = bias == null ? 0 : bias.doubleAt(row);
      for (int channel : cut.gone().stream().toArray()) {
        long start = (row * (long) cut.channels() + channel) * perKernel;
        for (long i = start; i < start + perKernel; i++) {
          sums[row] += weights.doubleAt(i) * held[channel];
        }
      }
    }
    put(1, cut.of(weights, 1, 1), name + ".weight");
    putBias(sums);
  }

  /// The first channel whose new bias or factor is not a finite number; -1 when all are.
  int firstNonFinite(double[] scale, double[] shift) {
    for (int channel = 0; channel < scale.length; channel++) {
      if (!Double.isFinite(scale[channel]) || !Double.isFinite(shifted(channel, scale, shift))) {
        return channel;
      }
    }
    return -1;
  }

  /// Folds factor and shift in and takes out `follower`, which applied them. Weights are only
  /// written anew when a factor is not 1.
  void fold(Node follower, double[] scale, double[] shift) {
    if (Arrays.stream(scale).anyMatch(factor -> factor != 1)) {
      put(1, scaled(scale), name + ".weight");
    }
    double[] newBias = new double[scale.length];
    for (int channel = 0; channel < scale.length; channel++) {
      newBias[channel] = shifted(channel, scale, shift);
    }
    putBias(newBias);
    context.bypass(follower, conv.output(0));
  }

  private void putBias(double[] values) {
    if (bias != null || Arrays.stream(values).anyMatch(value -> value != 0)) {
      List<Long> dims = List.of((long) values.length);
      put(2, FloatTensors.of(weights.dataType(), dims, values), name + ".bias");
    }
  }

  private double shifted(int channel, double[] scale, double[] shift) {
    double before = bias == null ? 0 : bias.doubleAt(channel);
    return before * scale[channel] + shift[channel];
  }

  /// Replaces constant input `index`: in place when nothing else reads it, beside it otherwise.
  private void put(int index, DenseTensor tensor, String hint) {
    Graph graph = conv.graph();
    Value old = conv.input(index).orElse(null);
    if (old != null
        && old.isConstant()
        && context.onlyReader(old).isPresent()
        && graph == context.model().graph()) {
      context.editor().setInitializer(graph, old, tensor, OpaqueFields.NONE);
    } else {
      context.editor().setInput(conv, index, context.editor().addInitializer(graph, hint, tensor));
    }
  }

  private DenseTensor scaled(double[] scale) {
    long rows = weights.dims().get(0);
    long columns = weights.dims().get(1);
    boolean transposed = conv.is("ConvTranspose");
    // Rows of a ConvTranspose are input channels, group after group; a group's columns are its
    // output channels.
    long rowsPerGroup = rows / conv.intAttribute("group", 1);
    long runs = transposed ? rows * columns : rows;
    long length = weights.elementCount() / Math.max(1, runs);
    MemorySegment target = TensorMemory.allocate(weights.byteSize());
    for (long run = 0; run < runs; run++) {
      long channel = transposed ? run / columns / rowsPerGroup * columns + run % columns : run;
      FloatTensors.scale(weights, run * length, length, scale[(int) channel], target);
    }
    TensorMemory.release(weights.data());
    TensorMemory.release(target);
    return new DenseTensor(weights.dataType(), weights.dims(), target);
  }
}
