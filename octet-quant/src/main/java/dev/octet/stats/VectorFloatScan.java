package dev.octet.stats;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The same a register at a time; tails go to [ScalarFloatScan].
final class VectorFloatScan implements FloatScan {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

  private final ScalarFloatScan tail = new ScalarFloatScan();

  /// Whether this machine has vectors of more than one element.
  static boolean isUsable() {
    return FLOATS.vectorBitSize() >= 128;
  }

  @Override
  public long extremes(float[] values, int from, int length) {
    int step = INTS.length();
    int bound = length - length % (2 * step);
    IntVector smallest = IntVector.broadcast(INTS, Integer.MAX_VALUE);
    IntVector largest = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    IntVector smallest2 = smallest;
    IntVector largest2 = largest;
    for (int i = from; i < from + bound; i += 2 * step) {
      IntVector keys = keys(values, i);
      IntVector keys2 = keys(values, i + step);
      smallest = smallest.min(keys);
      largest = largest.max(keys);
      smallest2 = smallest2.min(keys2);
      largest2 = largest2.max(keys2);
    }
    int low = smallest.min(smallest2).reduceLanes(VectorOperators.MIN);
    int high = largest.max(largest2).reduceLanes(VectorOperators.MAX);
    long rest = tail.extremes(values, from + bound, length - bound);
    return FloatScan.pack(Math.min(low, (int) (rest >> 32)), Math.max(high, (int) rest));
  }

  @Override
  public void bins(float[] values, int from, int length, float inverseWidth, int[] bins) {
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      FloatVector value = FloatVector.fromArray(FLOATS, values, from + i);
      IntVector truncated = (IntVector) value.mul(inverseWidth).convert(VectorOperators.F2I, 0);
      IntVector sign = value.reinterpretAsInts().lanewise(VectorOperators.ASHR, 31);
      truncated.add(sign).intoArray(bins, i);
    }
    for (int i = bound; i < length; i++) {
      float value = values[from + i];
      bins[i] = (int) (value * inverseWidth) + (Float.floatToRawIntBits(value) >> 31);
    }
  }

  private static IntVector keys(float[] values, int at) {
    IntVector bits = FloatVector.fromArray(FLOATS, values, at).reinterpretAsInts();
    return bits.lanewise(
        VectorOperators.XOR, bits.lanewise(VectorOperators.ASHR, 31).and(0x7fffffff));
  }
}
