package dev.octet.align.layers;

import dev.octet.align.TensorComparison;
import dev.octet.align.Tolerance;
import dev.octet.data.Batch;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Tensor;
import dev.octet.numeric.FloatFormat;
import dev.octet.numeric.GridSteps;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.UlpDistance;
import dev.octet.observe.Recording;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Figures of one pair of values, gathered run by run.
final class LayerComparison {
  /// Share of a tensor's largest magnitude below which a number is near zero: what is left there of
  /// a sum of the tensor's larger numbers has lost that many digits.
  private static final double NEAR_ZERO = 0x1p-10;

  private final ValuePair pair;
  private final Tolerance tolerance;
  private final TensorComparison numbers;
  private Optional<UlpDistance> ulps = Optional.empty();
  private Optional<GridSteps> steps = Optional.empty();
  private Optional<Times.Departure> departure = Optional.empty();
  private long compared;
  private long referenceTimes;
  private long otherTimes;

  LayerComparison(ValuePair pair, Tolerance tolerance) {
    this.pair = pair;
    this.tolerance = tolerance;
    this.numbers = new TensorComparison(pair.reference().value(), pair.other().value());
  }

  ValuePair pair() {
    return pair;
  }

  /// Adds what both models computed for one batch.
  ///
  /// @param index of the batch
  /// @param before what the reference rounded; the reference's value itself where that is rounded
  /// @return whether they could be compared: each time both have one shape
  boolean accept(Batch batch, int index, Recording reference, Recording other, Recording before) {
    int both =
        Stream.of(reference, other, before).mapToInt(each -> each.moments().size()).min().orElse(0);
    for (int i = 0; i < both; i++) {
      Recording.Moment moment = reference.moments().get(i);
      Tensor got = other.moments().get(i).value();
      if (!TensorComparison.haveOneShape(moment.value(), got)) {
        return false;
      }
      long outside = numbers.result().mismatched();
      accept(batch, moment.value(), got, before.moments().get(i).value());
      if (numbers.result().mismatched() > outside) {
        departs(index, moment.rounds());
      }
    }
    compared += both;
    referenceTimes += reference.times();
    otherTimes += other.times();
    if (reference.times() != other.times()) {
      List<Recording.Moment> longer =
          (reference.times() > other.times() ? reference : other).moments();
      departs(index, longer.get(Math.min(both, longer.size() - 1)).rounds());
    }
    return true;
  }

  /// Whether neither model ever computed it.
  boolean isNeverRun() {
    return isInBody() && referenceTimes == 0 && otherTimes == 0;
  }

  private boolean isInBody() {
    return pair.reference().body().isPresent() || pair.other().body().isPresent();
  }

  private void departs(int sample, List<Long> rounds) {
    departure = departure.or(() -> Optional.of(new Times.Departure(sample, rounds)));
  }

  private void accept(Batch batch, Tensor reference, Tensor other, Tensor before) {
    boolean codesAlone = other.dataType().isInteger() && pair.otherGrid().isEmpty();
    Tensor wanted = codesAlone ? reference : real(reference, pair.referenceGrid());
    Tensor got = real(other, pair.otherGrid());
    numbers.accept(batch, wanted, got, tolerance(wanted));
    pair.otherGrid()
        .ifPresentOrElse(
            grid -> count(steps(wanted, got, before, grid)), () -> countUlps(reference, other));
  }

  LayerAgreement result() {
    Times times = new Times(compared, referenceTimes, otherTimes, departure);
    return new LayerAgreement(
        pair, numbers.result(), ulps, steps, isInBody() ? Optional.of(times) : Optional.empty());
  }

  /// Outputs are made to be of a size; values inside may be of any, and a sum that comes out near
  /// zero is as exact as its terms were. So `atol` grows with their root mean square.
  private Tolerance tolerance(Tensor wanted) {
    double square = Arrays.stream(doubles(wanted)).map(x -> x * x).average().orElse(0);
    double size = Double.isFinite(square) ? Math.max(1, Math.sqrt(square)) : 1;
    double step = pair.otherGrid().map(grid -> (double) grid.scale(0)).orElse(0.0);
    return new Tolerance(tolerance.rtol(), tolerance.atol() * size + step);
  }

  private void count(GridSteps more) {
    steps = Optional.of(steps.orElse(GridSteps.NONE).plus(more));
  }

  private void countUlps(Tensor reference, Tensor other) {
    Optional<FloatFormat> format = format(reference.dataType());
    if (format.isPresent() && reference.dataType() == other.dataType()) {
      double[] desired = doubles(reference);
      double largest = Arrays.stream(desired).map(Math::abs).reduce(0, Math::max);
      double nearZero = Math.max(tolerance.atol(), Math.min(largest, Double.MAX_VALUE) * NEAR_ZERO);
      UlpDistance more = UlpDistance.of(doubles(other), desired, format.get(), nearZero);
      ulps = Optional.of(ulps.orElse(UlpDistance.NONE).plus(more));
    }
  }

  /// The reference's numbers are put on the grid as `QuantizeLinear` would; the other's stand on
  /// it.
  private static GridSteps steps(Tensor wanted, Tensor got, Tensor before, QuantParams grid) {
    float scale = grid.scale(0);
    int low = grid.type().qmin() - grid.zeroPoint(0);
    int high = grid.type().qmax() - grid.zeroPoint(0);
    double[] references = doubles(wanted);
    double[] others = doubles(got);
    double[] exact = doubles(before);
    long[] desired = new long[references.length];
    long[] actual = new long[references.length];
    for (int i = 0; i < desired.length; i++) {
      desired[i] = (long) Math.rint(Math.clamp((float) references[i] / scale, low, high));
      actual[i] = (long) Math.rint((float) others[i] / scale);
      exact[i] /= scale;
    }
    return GridSteps.of(actual, desired, exact);
  }

  /// The real numbers of codes; other tensors as they are.
  private static Tensor real(Tensor tensor, Optional<QuantParams> grid) {
    if (grid.isEmpty()
        || !tensor.dataType().isInteger()
        || !(tensor instanceof DenseTensor codes)) {
      return tensor;
    }
    float[] values = new float[Math.toIntExact(codes.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (codes.longAt(i) - grid.get().zeroPoint(0)) * grid.get().scale(0);
    }
    return DenseTensor.ofFloats(values, codes.dims().stream().mapToLong(Long::longValue).toArray());
  }

  private static double[] doubles(Tensor tensor) {
    DenseTensor dense = (DenseTensor) tensor;
    double[] values = new double[Math.toIntExact(dense.elementCount())];
    boolean floats = format(dense.dataType()).isPresent();
    for (int i = 0; i < values.length; i++) {
      values[i] = floats ? dense.doubleAt(i) : dense.longAt(i);
    }
    return values;
  }

  private static Optional<FloatFormat> format(DataType type) {
    return switch (type) {
      case FLOAT -> Optional.of(FloatFormat.FLOAT);
      case DOUBLE -> Optional.of(FloatFormat.DOUBLE);
      case FLOAT16 -> Optional.of(FloatFormat.FLOAT16);
      case BFLOAT16 -> Optional.of(FloatFormat.BFLOAT16);
      default -> Optional.empty();
    };
  }
}
