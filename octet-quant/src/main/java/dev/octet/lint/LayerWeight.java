package dev.octet.lint;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The constant weight of a convolution or matrix product, by output channel.
public final class LayerWeight {
  private static final int WEIGHT = 1;

  private final LintNode node;
  private final Value holder;
  private final float @Nullable [] scales;
  private final float[] largest;

  private LayerWeight(LintNode node, Value holder, float @Nullable [] scales, float[] largest) {
    this.node = node;
    this.holder = holder;
    this.scales = scales;
    this.largest = largest;
  }

  /// The weight of a node; empty when it has none, computes it, or keeps it in a way that has no
  /// channels (blocks, 16 scales for 8 channels).
  static Optional<LayerWeight> of(LintNode node) {
    Optional<Value> input = node.node().domain().isEmpty() ? read(node.node()) : Optional.empty();
    if (input.isEmpty()) {
      return Optional.empty();
    }
    Optional<Node> dequantizer =
        input.get().producer().filter(producer -> producer.is("DequantizeLinear"));
    Value holder = dequantizer.flatMap(producer -> producer.input(0)).orElse(input.get());
    Optional<DenseTensor> stored = LintSubject.constant(holder);
    int axis = stored.map(tensor -> channelAxis(node.node(), tensor.dims().size())).orElse(-1);
    if (axis < 0 || stored.get().elementCount() == 0) {
      return Optional.empty();
    }
    int channels = Math.toIntExact(stored.get().dims().get(axis));
    DenseTensor numbers = stored.get();
    if (dequantizer.isEmpty()) {
      return numbers.dataType().isFloat()
          ? Optional.of(new LayerWeight(node, holder, null, largest(numbers, axis, null, null)))
          : Optional.empty();
    }
    float[] scales = numbers(dequantizer.get(), 1);
    float[] zeros = numbers(dequantizer.get(), 2);
    boolean readable =
        fits(scales, channels)
            && (zeros.length == 0 || fits(zeros, channels))
            && dequantizer.get().intAttribute("block_size", 0) == 0
            && numbers.dataType().isInteger();
    return readable
        ? Optional.of(new LayerWeight(node, holder, scales, largest(numbers, axis, scales, zeros)))
        : Optional.empty();
  }

  /// The node that uses it.
  public LintNode node() {
    return node;
  }

  /// The value that holds its numbers: floats, or codes behind a DequantizeLinear.
  public Value holder() {
    return holder;
  }

  /// Scales of the codes, one or one for each channel; empty for floats.
  public Optional<float[]> scales() {
    return Optional.ofNullable(scales).map(float[]::clone);
  }

  /// Magnitude of the largest real weight of each output channel.
  public float[] largest() {
    return largest.clone();
  }

  public int channels() {
    return largest.length;
  }

  /// Whether the codes have a scale of their own for each channel.
  public boolean isPerChannel() {
    return scales != null && scales.length > 1;
  }

  /// The largest weight of all, by magnitude.
  public float largestOfAll() {
    float all = 0;
    for (float channel : largest) {
      all = Math.max(all, channel);
    }
    return all;
  }

  /// The constant floats added to each channel; empty when there are none or they are codes.
  public Optional<float[]> floatBias() {
    return bias()
        .flatMap(LintSubject::constant)
        .filter(tensor -> tensor.dataType().isFloat() && tensor.elementCount() == channels())
        .map(LayerWeight::floats);
  }

  /// The value added to each channel.
  public Optional<Value> bias() {
    return node.node().is("MatMul") ? addedBias(node.node()) : node.node().input(2);
  }

  static float[] floats(DenseTensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          tensor.dataType().isFloat() ? (float) tensor.doubleAt(i) : (float) tensor.longAt(i);
    }
    return values;
  }

  private static Optional<Value> read(Node node) {
    return switch (node.opType()) {
      case "Conv", "ConvTranspose", "Gemm", "MatMul" -> node.input(WEIGHT);
      default -> Optional.empty();
    };
  }

  private static int channelAxis(Node node, int rank) {
    return switch (node.opType()) {
      case "Conv" -> rank >= 3 ? 0 : -1;
      // With groups, one row of the weight belongs to several output channels.
      case "ConvTranspose" -> rank >= 3 && node.intAttribute("group", 1) == 1 ? 1 : -1;
      case "Gemm" -> rank == 2 ? (node.intAttribute("transB", 0) == 0 ? 1 : 0) : -1;
      case "MatMul" -> rank >= 2 ? rank - 1 : -1;
      default -> -1;
    };
  }

  private static Optional<Value> addedBias(Node matMul) {
    Value product = matMul.output(0);
    if (product.useCount() != 1 || product.isGraphOutput()) {
      return Optional.empty();
    }
    Node reader = product.uses().getFirst().node();
    int other = 1 - product.uses().getFirst().index();
    return reader.is("Add") ? reader.input(other) : Optional.empty();
  }

  private static float[] numbers(Node node, int input) {
    return LintSubject.constant(node, input).map(LayerWeight::floats).orElse(new float[0]);
  }

  private static boolean fits(float[] numbers, int channels) {
    return numbers.length == 1 || numbers.length == channels;
  }

  /// One pass over the stored numbers, in their order; nothing is copied.
  private static float[] largest(
      DenseTensor tensor, int axis, float @Nullable [] scales, float @Nullable [] zeros) {
    List<Long> dims = tensor.dims();
    int channels = Math.toIntExact(dims.get(axis));
    long inner = dims.subList(axis + 1, dims.size()).stream().reduce(1L, Math::multiplyExact);
    long outer = tensor.elementCount() / inner / channels;
    double[] largest = new double[channels];
    long at = 0;
    for (long o = 0; o < outer; o++) {
      for (int channel = 0; channel < channels; channel++) {
        double zero =
            zeros == null || zeros.length == 0 ? 0 : zeros[zeros.length == 1 ? 0 : channel];
        double most = largest[channel];
        for (long i = 0; i < inner; i++) {
          double stored = scales == null ? tensor.doubleAt(at++) : tensor.longAt(at++) - zero;
          most = Math.max(most, Math.abs(stored));
        }
        largest[channel] = most;
      }
    }
    float[] real = new float[channels];
    for (int channel = 0; channel < channels; channel++) {
      double scale = scales == null ? 1 : scales[scales.length == 1 ? 0 : channel];
      real[channel] = (float) (largest[channel] * scale);
    }
    return real;
  }
}
