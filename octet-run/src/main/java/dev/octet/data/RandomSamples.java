package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Tensor;
import dev.octet.runtime.TensorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Seeded random inputs, for checking that two models compute the same where no real samples are at
/// hand. Says nothing about accuracy.
public final class RandomSamples {
  /// Integers stay below this, since they are mostly indices.
  public static final int INTEGERS = 8;

  private RandomSamples() {}

  /// One sample: normally distributed floats, small non-negative integers.
  ///
  /// @param inputs what the model takes
  /// @param size of every dimension that is not fixed
  /// @throws OctetException `USAGE` when an input is of a type that cannot be made up
  public static SampleSource of(List<TensorSpec> inputs, int size, long seed) {
    return of(inputs, size, INTEGERS, seed);
  }

  /// As [#of(List, int, long)], with integers below `bound`.
  public static SampleSource of(List<TensorSpec> inputs, int size, int bound, long seed) {
    Random random = new Random(seed);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (TensorSpec input : inputs) {
      long[] dims =
          input.shape().dims().stream()
              .mapToLong(dim -> dim instanceof Dim.Known(long known) ? known : size)
              .toArray();
      tensors.put(input.name(), tensor(input, dims, bound, random));
    }
    return SampleSource.of(List.of(), List.of(Sample.unlabelled("random, size " + size, tensors)));
  }

  private static Tensor tensor(TensorSpec input, long[] dims, int bound, Random random) {
    int count = 1;
    for (long dim : dims) {
      count = Math.multiplyExact(count, Math.toIntExact(dim));
    }
    if (input.dataType() == DataType.FLOAT) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return DenseTensor.ofFloats(values, dims);
    }
    if (input.dataType() == DataType.INT64 || input.dataType() == DataType.INT32) {
      int[] values = random.ints(count, 0, bound).toArray();
      return input.dataType() == DataType.INT32
          ? DenseTensor.ofInts(values, dims)
          : DenseTensor.ofLongs(
              java.util.Arrays.stream(values).mapToLong(value -> value).toArray(), dims);
    }
    if (input.dataType() == DataType.BOOL || input.dataType() == DataType.UINT8) {
      byte[] values = new byte[count];
      for (int i = 0; i < count; i++) {
        values[i] = (byte) random.nextInt(2);
      }
      return DenseTensor.ofBytes(input.dataType(), values, dims);
    }
    throw OctetException.usage(
        "no-random-input",
        "input '" + input.name() + "'",
        "no random values can be made for " + input,
        "give samples");
  }
}
