package dev.octet.parity;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.RealType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.numeric.Symmetry;
import dev.octet.numeric.TensorQuantizer;
import dev.octet.numeric.TinyScales;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Range;
import dev.octet.stats.Spread;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Scales and zero points as the peer computes them, from calibrated ranges and from data.
final class PeerGrids {
  private final PeerGraph graph;
  private final PeerOptions options;
  private final Map<String, Range> ranges = new HashMap<>();
  private final CalibrationTable table;

  PeerGrids(PeerGraph graph, PeerOptions options, PeerOperators operators, CalibrationTable table) {
    this.graph = graph;
    this.options = options;
    this.table = table;
    table.entries().forEach((name, entry) -> ranges.put(name, entry.range()));
    adjust(operators);
  }

  /// The range an activation is covered with, unless its overrides say otherwise.
  Optional<Range> range(Value value) {
    return Optional.ofNullable(ranges.get(value.name()));
  }

  /// Whether the value has a range and is converted for nobody.
  boolean hasPlainRange(Value value) {
    return ranges.containsKey(value.name()) && conversion(value).isEmpty();
  }

  /// Whether the least code of a value with a range stands for 0.
  boolean beginsAtZero(Value value) {
    QuantParams params = activation(value, range(value).orElseThrow());
    return params.zeroPoint(0) == params.type().qmin();
  }

  /// Whether the overrides say what range or scale the value has.
  boolean isStated(Value value) {
    PeerOverride override = override(value);
    return override.grid() != null || override.min() != null || override.max() != null;
  }

  /// What the overrides say about a conversion of the value.
  Optional<PeerOverride.Conversion> conversion(Value value) {
    return Optional.ofNullable(override(value).conversion());
  }

  /// Parameters of a computed value.
  ///
  /// @param range as [#range] gives it
  QuantParams activation(Value value, Range range) {
    return activation(value, range, override(value));
  }

  /// Parameters a computed value is converted to.
  QuantParams converted(Value value, Range range, PeerOverride.Conversion conversion) {
    return activation(value, range, conversion.to());
  }

  /// Parameters of an initializer.
  ///
  /// @param weight whether it is multiplied with activations
  /// @param marked its channels, when they have a scale each
  QuantParams initializer(Value value, boolean weight, OptionalInt marked) {
    DenseTensor tensor = graph.initializer(value).orElseThrow();
    float[] data = PeerConstants.floats(tensor);
    long[] shape = tensor.dims().stream().mapToLong(Long::longValue).toArray();
    List<PeerOverride> overrides = options.overrides().getOrDefault(value.name(), List.of());
    PeerOverride first = overrides.isEmpty() ? PeerOverride.NONE : overrides.getFirst();
    QuantType type = either(first.type(), weight ? options.weightType() : options.activationType());
    OptionalInt axis =
        first.axis() == null ? marked : OptionalInt.of(normalized(first.axis(), shape.length));
    RealType real = graph.realType(value).orElseThrow();
    if (first.grid() != null) {
      return stated(type, real, axis, overrides);
    }
    boolean symmetric =
        either(
            first.symmetric(),
            axis.isPresent()
                || (weight
                    ? options.isWeightSymmetric(type)
                    : options.has(PeerSwitch.ACTIVATION_SYMMETRIC)));
    GridRule rule =
        new GridRule(
            type,
            symmetric ? Symmetry.SYMMETRIC : Symmetry.ASYMMETRIC,
            either(
                first.span(),
                options.has(PeerSwitch.REDUCE_RANGE) ? CodeSpan.REDUCED : CodeSpan.FULL),
            options.minimumRealRange(),
            real,
            TinyScales.KEPT);
    Granularity granularity = granularity(weight, axis);
    QuantParams own = TensorQuantizer.chooseParams(data, shape, granularity, rule);
    return granularity instanceof Granularity.PerBlock
        ? own
        : restated(own, data, shape, rule, overrides);
  }

  private Granularity granularity(boolean weight, OptionalInt axis) {
    if (weight && options.blockSize() > 0) {
      return Granularity.perBlock(axis.orElse(0), options.blockSize());
    }
    return axis.isPresent() ? Granularity.perChannel(axis.getAsInt()) : Granularity.perTensor();
  }

  private QuantParams activation(Value value, Range range, PeerOverride override) {
    RealType real = graph.realType(value).orElseThrow();
    QuantType type = either(override.type(), options.activationType());
    if (override.grid() != null) {
      return new QuantParams(
          type,
          Granularity.perTensor(),
          real,
          new float[] {real.rounded(override.grid().scale())},
          new int[] {override.grid().zeroPoint()});
    }
    boolean symmetric = either(override.symmetric(), options.has(PeerSwitch.ACTIVATION_SYMMETRIC));
    Symmetry symmetry =
        symmetric
            ? Symmetry.SYMMETRIC
            : options.has(PeerSwitch.ACTIVATION_RESTRICTED) && type == QuantType.UINT8
                ? Symmetry.RESTRICTED
                : Symmetry.ASYMMETRIC;
    GridRule rule =
        new GridRule(
            type,
            symmetry,
            either(override.span(), CodeSpan.FULL),
            options.minimumRealRange(),
            real,
            TinyScales.KEPT);
    OptionalDouble deviation = deviation(value);
    if (type.isFloat() && deviation.isPresent()) {
      return QuantParams.perTensor(rule, rule.chooseForDeviation(deviation.getAsDouble()));
    }
    float min = either(override.min(), range.min());
    float max = either(override.max(), range.max());
    return QuantParams.perTensor(rule, rule.choose(min, max));
  }

  /// Ranges stated for some channels in place of those of the data.
  private static QuantParams restated(
      QuantParams own, float[] data, long[] shape, GridRule rule, List<PeerOverride> overrides) {
    if (overrides.stream().allMatch(entry -> entry.min() == null && entry.max() == null)) {
      return own;
    }
    Range[] found = PeerConstants.ranges(data, shape, own.granularity());
    float[] scales = own.scales();
    int[] zeroPoints = own.zeroPoints();
    for (int i = 0; i < Math.min(scales.length, overrides.size()); i++) {
      ScaleChoice choice =
          rule.choose(
              either(overrides.get(i).min(), found[i].min()),
              either(overrides.get(i).max(), found[i].max()));
      scales[i] = choice.scale();
      zeroPoints[i] = choice.zeroPoint();
    }
    return new QuantParams(own.type(), own.granularity(), own.real(), scales, zeroPoints);
  }

  private static QuantParams stated(
      QuantType type, RealType real, OptionalInt axis, List<PeerOverride> overrides) {
    float[] scales = new float[overrides.size()];
    int[] zeroPoints = new int[overrides.size()];
    for (int i = 0; i < scales.length; i++) {
      ScaleChoice grid = Objects.requireNonNull(overrides.get(i).grid());
      scales[i] = real.rounded(grid.scale());
      zeroPoints[i] = grid.zeroPoint();
    }
    Granularity granularity =
        axis.isPresent() ? Granularity.perChannel(axis.getAsInt()) : Granularity.perTensor();
    return new QuantParams(type, granularity, real, scales, zeroPoints);
  }

  /// What a rectifier reads gets the range of its result, and softmax's result is known
  /// (`adjust_tensor_ranges`).
  private void adjust(PeerOperators operators) {
    for (Node node : graph.nodes()) {
      if (!operators.takes(node)) {
        continue;
      }
      if (node.opType().equals("Softmax")) {
        ranges.put(node.output(0).name(), new Range(0f, 1f));
      } else if (node.opType().equals("Relu") || node.opType().equals("Clip")) {
        Value input = node.input(0).orElseThrow();
        Range result = ranges.get(node.output(0).name());
        if (graph.hasOneReader(input) && ranges.containsKey(input.name()) && result != null) {
          ranges.put(input.name(), result);
        }
      }
    }
  }

  private OptionalDouble deviation(Value value) {
    CalibrationTable.Entry entry = table.entries().get(value.name());
    return entry == null
        ? OptionalDouble.empty()
        : entry.observed().spread().stream().mapToDouble(Spread::std).findFirst();
  }

  private PeerOverride override(Value value) {
    List<PeerOverride> entries = options.overrides().getOrDefault(value.name(), List.of());
    return entries.isEmpty() ? PeerOverride.NONE : entries.getFirst();
  }

  private static int normalized(int axis, int rank) {
    return axis < 0 ? axis + rank : axis;
  }

  private static <T> T either(@Nullable T first, T second) {
    return first != null ? first : second;
  }
}
