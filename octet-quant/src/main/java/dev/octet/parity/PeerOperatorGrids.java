package dev.octet.parity;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.RealType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.numeric.Symmetry;
import dev.octet.numeric.TinyScales;
import dev.octet.stats.Range;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Scales and zero points of initializers as the peer computes them where it writes integer
/// operators. Unlike in QDQ form, scales per channel are as symmetric as scales per tensor, and a
/// reduced range is for weights only.
final class PeerOperatorGrids {
  private final PeerGraph graph;
  private final PeerOptions options;

  PeerOperatorGrids(PeerGraph graph, PeerOptions options) {
    this.graph = graph;
    this.options = options;
  }

  /// Parameters of an initializer.
  ///
  /// @param wanted its type, unless overrides say otherwise
  /// @param span whether a reduced range applies to it when it is asked for
  /// @param channels the axis with a scale for each index; may count from the end
  QuantParams initializer(Value value, QuantType wanted, CodeSpan span, OptionalInt channels) {
    DenseTensor tensor = graph.initializer(value).orElseThrow();
    long[] shape = tensor.dims().stream().mapToLong(Long::longValue).toArray();
    return initializer(value, shape, wanted, span, channels);
  }

  /// Parameters of the weight of a recurrent layer, one for each direction and gate.
  QuantParams recurrent(Value value, QuantType wanted, CodeSpan span) {
    List<Long> dims = graph.initializer(value).orElseThrow().dims();
    long[] rows = {dims.get(0) * dims.get(1), dims.get(2)};
    return initializer(value, rows, wanted, span, OptionalInt.of(0));
  }

  private QuantParams initializer(
      Value value, long[] shape, QuantType wanted, CodeSpan span, OptionalInt channels) {
    float[] data = PeerConstants.floats(graph.initializer(value).orElseThrow());
    List<PeerOverride> overrides = options.overrides().getOrDefault(value.name(), List.of());
    PeerOverride first = overrides.isEmpty() ? PeerOverride.NONE : overrides.getFirst();
    QuantType type = first.type() != null ? first.type() : wanted;
    boolean asWeight = channels.isPresent() || type == options.weightType();
    boolean symmetric =
        either(
            first.symmetric(),
            asWeight
                ? options.isWeightSymmetric(type)
                : options.has(PeerSwitch.ACTIVATION_SYMMETRIC));
    boolean reduced = span == CodeSpan.REDUCED && options.has(PeerSwitch.REDUCE_RANGE);
    RealType real = graph.realType(value).orElseThrow();
    GridRule rule =
        new GridRule(
            type,
            symmetric ? Symmetry.SYMMETRIC : Symmetry.ASYMMETRIC,
            either(first.span(), reduced ? CodeSpan.REDUCED : CodeSpan.FULL),
            options.minimumRealRange(),
            real,
            TinyScales.KEPT);
    Granularity granularity =
        channels.isPresent()
            ? Granularity.perChannel(Math.floorMod(channels.getAsInt(), shape.length))
            : Granularity.perTensor();
    Range[] ranges = PeerConstants.ranges(data, shape, granularity);
    float[] scales = new float[ranges.length];
    int[] zeroPoints = new int[ranges.length];
    for (int i = 0; i < ranges.length; i++) {
      PeerOverride override = i < overrides.size() ? overrides.get(i) : first;
      ScaleChoice choice =
          override.grid() != null
              ? new ScaleChoice(real.rounded(override.grid().scale()), override.grid().zeroPoint())
              : rule.choose(
                  either(override.min(), ranges[i].min()), either(override.max(), ranges[i].max()));
      scales[i] = choice.scale();
      zeroPoints[i] = choice.zeroPoint();
    }
    return new QuantParams(type, granularity, real, scales, zeroPoints);
  }

  private static <T> T either(@Nullable T first, T second) {
    return first != null ? first : second;
  }
}
