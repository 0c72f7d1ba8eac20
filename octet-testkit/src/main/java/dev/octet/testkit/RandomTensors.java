package dev.octet.testkit;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Seeded random tensors: the same seed always gives the same numbers.
///
/// Floating-point elements are normally distributed with mean 0 and deviation 1. Integers of 16
/// bits and less take their whole range, as quantized data does; wider ones are 0 or 1, which serve
/// as indices too.
public final class RandomTensors {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final long DEFAULT_SIZE = 2;

  private RandomTensors() {}

  /// A tensor for each graph input that has no default, by name. Symbolic and unknown dimensions
  /// become 2.
  public static Map<String, DenseTensor> inputsOf(Model model, long seed) {
    return inputsOf(model, seed, Map.of());
  }

  /// As [#inputsOf(Model, long)], with sizes for some symbolic dimensions.
  ///
  /// @throws IllegalArgumentException when the rank of an input is not known
  public static Map<String, DenseTensor> inputsOf(
      Model model, long seed, Map<String, Long> symbolSizes) {
    Map<String, DenseTensor> tensors = new LinkedHashMap<>();
    for (Value input : model.graph().inputs()) {
      if (input.initializer().isEmpty()) {
        List<Long> dims = new ArrayList<>();
        for (Dim dim : input.shape().orElseThrow(() -> unknown(input)).dims()) {
          dims.add(
              switch (dim) {
                case Dim.Known(long size) -> size;
                case Dim.Symbol(String name) -> symbolSizes.getOrDefault(name, DEFAULT_SIZE);
                case Dim.Unknown() -> DEFAULT_SIZE;
              });
        }
        DataType dataType = input.dataType().orElseThrow(() -> unknown(input));
        tensors.put(input.name(), of(dataType, dims, seed + tensors.size() * GOLDEN_GAMMA));
      }
    }
    return tensors;
  }

  /// One tensor.
  ///
  /// @throws IllegalArgumentException for strings, complex numbers and floats of 8 bits or less
  public static DenseTensor of(DataType dataType, List<Long> dims, long seed) {
    long elements = dims.stream().reduce(1L, Math::multiplyExact);
    byte[] bytes = new byte[Math.toIntExact(dataType.byteSize(elements))];
    MemorySegment data = MemorySegment.ofArray(bytes);
    SplittableRandom random = new SplittableRandom(seed);
    switch (dataType) {
      case UINT8, INT8, UINT16, INT16, UINT4, INT4 -> random.nextBytes(bytes);
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT32, INT64, UINT32, UINT64, BOOL -> {
        for (long i = 0; i < elements; i++) {
          set(data, dataType, i, random);
        }
      }
      case STRING, COMPLEX64, COMPLEX128 -> throw unsupported(dataType);
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1, FLOAT8E8M0 ->
          throw unsupported(dataType);
    }
    if (dataType.bits() == 4 && elements % 2 != 0) {
      bytes[bytes.length - 1] &= 0xF; // The last high nibble belongs to no element.
    }
    return new DenseTensor(dataType, dims, data);
  }

  private static void set(
      MemorySegment data, DataType dataType, long index, SplittableRandom random) {
    var shorts = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    var ints = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    var longs = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    switch (dataType) {
      case FLOAT ->
          data.setAtIndex(ints, index, Float.floatToIntBits((float) random.nextGaussian()));
      case DOUBLE -> data.setAtIndex(longs, index, Double.doubleToLongBits(random.nextGaussian()));
      case FLOAT16 ->
          data.setAtIndex(shorts, index, Float.floatToFloat16((float) random.nextGaussian()));
      case BFLOAT16 ->
          data.setAtIndex(
              shorts, index, (short) (Float.floatToIntBits((float) random.nextGaussian()) >>> 16));
      case INT32, UINT32 -> data.setAtIndex(ints, index, random.nextInt(2));
      case INT64, UINT64 -> data.setAtIndex(longs, index, random.nextInt(2));
      case BOOL -> data.set(ValueLayout.JAVA_BYTE, index, (byte) random.nextInt(2));
      default -> throw unsupported(dataType);
    }
  }

  private static IllegalArgumentException unsupported(DataType dataType) {
    return new IllegalArgumentException("no random numbers of type " + dataType);
  }

  private static IllegalArgumentException unknown(Value input) {
    return new IllegalArgumentException(
        "type and rank of input '" + input.name() + "' are unknown");
  }
}
