package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Tensor;
import dev.octet.runtime.ModelRunner;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds out whether a model computes each sample of a batch as it does alone. That its first
/// dimension has a name does not say so: it may be time, the values of one sample may be scaled by
/// the extremes of all (dynamic quantization), or a branch may look at the whole batch.
public final class BatchProbe {
  /// Samples looked at for two of the same shape.
  private static final int LOOKED_AT = 8;

  /// Share of the largest number that rounding may differ by.
  private static final double ROUNDING = 1e-3;

  private final List<Sample> pair;

  private BatchProbe(List<Sample> pair) {
    this.pair = pair;
  }

  /// A probe with samples of this source.
  public static BatchProbe with(SampleSource source) {
    try (Stream<Sample> samples = source.samples()) {
      List<Sample> first = samples.limit(LOOKED_AT).toList();
      return new BatchProbe(
          first.stream()
              .skip(1)
              .filter(sample -> Batches.sameShape(first.getFirst(), sample))
              .findFirst()
              .map(second -> List.of(first.getFirst(), second))
              .orElse(List.of()));
    }
  }

  /// How many samples a run of the model can take: `wanted`, or 1.
  public int sizeFor(ModelRunner runner, int wanted) {
    return sizeFor(runner, UnaryOperator.identity(), wanted);
  }

  /// How many samples a run of the model can take: `wanted`, or 1.
  ///
  /// @param naming from the samples' names of inputs to the model's
  public int sizeFor(ModelRunner runner, UnaryOperator<Map<String, Tensor>> naming, int wanted) {
    int size = Batches.sizeFor(runner.inputs(), wanted);
    return size == 1 || pair.isEmpty() || isIndependent(runner, naming) ? size : 1;
  }

  private boolean isIndependent(ModelRunner runner, UnaryOperator<Map<String, Tensor>> naming) {
    Map<String, Tensor> one;
    Map<String, Tensor> other;
    try {
      one = runner.run(naming.apply(pair.getFirst().inputs()));
      other = runner.run(naming.apply(pair.getLast().inputs()));
    } catch (OctetException unfit) {
      return true; // the run proper says which sample it is, and why
    }
    Map<String, Tensor> both;
    try {
      both = runner.run(naming.apply(Batches.join(pair).inputs()));
    } catch (OctetException onlyOne) {
      return false;
    }
    return both.entrySet().stream()
        .allMatch(
            output ->
                isJoined(one.get(output.getKey()), other.get(output.getKey()), output.getValue()));
  }

  private static boolean isJoined(@Nullable Tensor one, @Nullable Tensor other, Tensor both) {
    if (!(one instanceof DenseTensor first)
        || !(other instanceof DenseTensor second)
        || !(both instanceof DenseTensor joined)
        || first.elementCount() + second.elementCount() != joined.elementCount()) {
      return false;
    }
    double largest = 0;
    double difference = 0;
    for (long i = 0; i < joined.elementCount(); i++) {
      double alone =
          i < first.elementCount() ? number(first, i) : number(second, i - first.elementCount());
      double together = number(joined, i);
      largest = Math.max(largest, Math.abs(alone));
      if (Double.compare(alone, together) != 0) {
        difference = Math.max(difference, Math.abs(alone - together));
      }
    }
    return difference <= ROUNDING * largest;
  }

  private static double number(DenseTensor tensor, long index) {
    DataType type = tensor.dataType();
    return type.isFloat() ? tensor.doubleAt(index) : tensor.longAt(index);
  }
}
