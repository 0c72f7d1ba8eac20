package dev.octet.target;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.numeric.TensorQuantizer;
import dev.octet.plan.FoldedConstants;
import dev.octet.plan.NodePlan;
import dev.octet.plan.Places;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.TensorPlan;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whether sums of two products can leave 16 bits, decided from the weights alone.
///
/// A kernel without dot-product instructions multiplies two unsigned activation codes, each at most
/// 255, with two signed weight codes and adds the products in 16 bits, saturating. The sum is
/// largest when every activation that meets a positive weight is 255 and every other is 0. So an
/// output channel is safe when in no pair the positive weights sum to more than 128, nor the
/// negative ones to less than -128: `255 · 128 = 32,640 ≤ 32,767`. Signed activations are shifted
/// to unsigned ones by these kernels, so the bound holds for them too. Weights within ±64, which
/// is 7 bits, are always safe.
public final class Saturation {
  /// `⌊32,767 / 255⌋`.
  private static final int LARGEST_SAFE_SUM = 128;

  private Saturation() {}

  /// A layer that can saturate.
  ///
  /// @param node as plans and schemes address it
  /// @param channels its output channels
  /// @param unsafe how many of them can saturate
  /// @param worst largest sum of a pair's positive, or negated negative, weight codes
  public record UnsafeLayer(String node, int channels, int unsafe, int worst) {
    @Override
    public String toString() {
      return "%s: %,d of %,d channels, pairs up to %d where %d is safe"
          .formatted(node, unsafe, channels, worst, LARGEST_SAFE_SUM);
    }
  }

  /// The layers of a plan that can saturate on kernels that add pairs in 16 bits, in graph order.
  ///
  /// @param model the float model the plan was made for
  public static List<UnsafeLayer> unsafeLayers(Model model, QuantizationPlan plan) {
    List<UnsafeLayer> found = new ArrayList<>();
    forEachLayer(
        model,
        plan,
        (node, weight, order, codes) -> {
          Finding finding = Finding.of(order, codes);
          if (!finding.unsafe.isEmpty()) {
            found.add(
                new UnsafeLayer(
                    node.node(), order.channels(), finding.unsafe.cardinality(), finding.worst));
          }
        });
    return found;
  }

  /// The same plan with 7-bit weights in the output channels that could saturate otherwise: their
  /// scales grow by `127 / 64`, nothing else changes. A weight with one scale for several channels
  /// is narrowed as a whole.
  ///
  /// @param model the float model the plan was made for
  public static QuantizationPlan withSafeWeights(Model model, QuantizationPlan plan) {
    Map<String, BitSet> narrowed = new LinkedHashMap<>();
    forEachLayer(
        model,
        plan,
        (node, weight, order, codes) -> {
          BitSet unsafe = Finding.of(order, codes).unsafe;
          unsafe.stream()
              .forEach(
                  channel ->
                      scalesOf(weight.params(), order, channel).stream()
                          .forEach(narrowed.computeIfAbsent(weight.key(), k -> new BitSet())::set));
        });
    if (narrowed.isEmpty()) {
      return plan;
    }
    List<TensorPlan> tensors =
        plan.tensors().stream()
            .map(
                tensor ->
                    tensor instanceof TensorPlan.Weight weight
                        ? (TensorPlan)
                            narrow(weight, narrowed.getOrDefault(weight.key(), new BitSet()))
                        : tensor)
            .toList();
    return new QuantizationPlan(plan.format(), plan.style(), plan.qdq(), plan.nodes(), tensors);
  }

  private interface Layer {
    void accept(NodePlan node, TensorPlan.Weight weight, WeightOrder order, byte[] codes);
  }

  /// Visits every node that multiplies activations with INT8 weights.
  private static void forEachLayer(Model model, QuantizationPlan plan, Layer layer) {
    Map<String, TensorPlan> tensors = plan.byKey();
    Places places = Places.of(model);
    for (NodePlan node : plan.nodes()) {
      if (!(node.fate() instanceof NodePlan.Fate.Quantized quantized)) {
        continue;
      }
      Node place = places.node(node.firstOutput());
      for (NodePlan.Read read : quantized.reads()) {
        if (tensors.get(read.tensor()) instanceof TensorPlan.Weight weight
            && weight.params().type() == QuantType.INT8) {
          Optional<DenseTensor> data = place.input(read.input()).flatMap(FoldedConstants::of);
          Optional<WeightOrder> order =
              data.flatMap(tensor -> WeightOrder.of(place, tensor.dims()));
          if (data.isPresent() && order.isPresent()) {
            layer.accept(node, weight, order.get(), codes(data.get(), weight));
          }
        }
      }
    }
  }

  private static byte[] codes(DenseTensor data, TensorPlan.Weight weight) {
    long[] shape = data.dims().stream().mapToLong(Long::longValue).toArray();
    return TensorQuantizer.quantize(
        FoldedConstants.scaled(data, weight.factor()), shape, weight.params());
  }

  /// Which scales a channel's weights have.
  private static BitSet scalesOf(QuantParams params, WeightOrder order, int channel) {
    BitSet entries = new BitSet();
    if (params.granularity() instanceof Granularity.PerChannel
        && params.count() == order.outputs()) {
      entries.set(channel % order.outputs());
    } else {
      entries.set(0, params.count());
    }
    return entries;
  }

  private static TensorPlan.Weight narrow(TensorPlan.Weight weight, BitSet entries) {
    QuantParams params = weight.params();
    int full = params.type().codes(Symmetry.SYMMETRIC, CodeSpan.FULL).max();
    int reduced = params.type().codes(Symmetry.SYMMETRIC, CodeSpan.REDUCED).max();
    float[] scales = params.scales();
    entries.stream()
        .forEach(
            entry ->
                scales[entry] =
                    params.real().rounded((float) ((double) scales[entry] * full / reduced)));
    return new TensorPlan.Weight(
        weight.value(), weight.key(), params.withScales(scales), weight.factor());
  }

  /// @param unsafe channels with a pair beyond the bound
  /// @param worst largest sum of any pair
  private record Finding(BitSet unsafe, int worst) {
    static Finding of(WeightOrder order, byte[] codes) {
      BitSet unsafe = new BitSet();
      int worst = 0;
      for (int channel = 0; channel < order.channels(); channel++) {
        int sum = worstPair(order, codes, channel);
        worst = Math.max(worst, sum);
        if (sum > LARGEST_SAFE_SUM) {
          unsafe.set(channel);
        }
      }
      return new Finding(unsafe, worst);
    }

    private static int worstPair(WeightOrder order, byte[] codes, int channel) {
      int worst = 0;
      for (int i = 0; i < order.depth(); i += 2) {
        int first = codes[order.index().applyAsInt(channel, i)];
        int second = i + 1 < order.depth() ? codes[order.index().applyAsInt(channel, i + 1)] : 0;
        int positive = Math.max(first, 0) + Math.max(second, 0);
        int negative = Math.max(-first, 0) + Math.max(-second, 0);
        worst = Math.max(worst, Math.max(positive, negative));
      }
      return worst;
    }
  }
}
