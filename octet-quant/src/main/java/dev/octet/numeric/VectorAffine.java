package dev.octet.numeric;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The same arithmetic a register at a time; tails go to [ScalarAffine].
///
/// There is no rounding instruction in the Vector API. Adding `1.5 * 2^23` to a float of magnitude
/// below 2^22 leaves no fraction bits, so the addition itself rounds half to even, and the low
/// mantissa bits of the sum are the whole number. Clipping beforehand keeps the magnitude below
/// 2^17 for every type.
final class VectorAffine implements AffineProvider {
  private static final float ROUNDER = 0x1.8p23f;
  private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
  private static final VectorSpecies<Byte> BYTES = sameLanes(byte.class, Byte.SIZE);
  private static final VectorSpecies<Short> SHORTS = sameLanes(short.class, Short.SIZE);

  private final ScalarAffine tail = new ScalarAffine();

  /// Whether this machine's registers are wide enough: as many bytes as a register has floats must
  /// fill a vector too.
  static boolean isUsable() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize() >= 256;
  }

  @Override
  public String description() {
    return "Vector API, " + FLOATS.vectorBitSize() + " bits";
  }

  @Override
  public void quantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, byte[] out, int at) {
    FloatVector scale = FloatVector.broadcast(FLOATS, grid.scale());
    FloatVector low = FloatVector.broadcast(FLOATS, type.qmin() - grid.zeroPoint());
    FloatVector high = FloatVector.broadcast(FLOATS, type.qmax() - grid.zeroPoint());
    int toCode = grid.zeroPoint() - ROUNDER_BITS;
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      FloatVector value = FloatVector.fromArray(FLOATS, values, from + i);
      IntVector codes = roundedBits(value, scale, low, high).add(toCode);
      ((ByteVector) codes.convertShape(VectorOperators.I2B, BYTES, 0)).intoArray(out, at + i);
    }
    tail.quantize(values, from + bound, length - bound, type, grid, out, at + bound);
  }

  @Override
  public void quantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, short[] out, int at) {
    FloatVector scale = FloatVector.broadcast(FLOATS, grid.scale());
    FloatVector low = FloatVector.broadcast(FLOATS, type.qmin() - grid.zeroPoint());
    FloatVector high = FloatVector.broadcast(FLOATS, type.qmax() - grid.zeroPoint());
    int toCode = grid.zeroPoint() - ROUNDER_BITS;
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      FloatVector value = FloatVector.fromArray(FLOATS, values, from + i);
      IntVector codes = roundedBits(value, scale, low, high).add(toCode);
      ((ShortVector) codes.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(out, at + i);
    }
    tail.quantize(values, from + bound, length - bound, type, grid, out, at + bound);
  }

  @Override
  public void dequantize(
      byte[] codes, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at) {
    VectorOperators.Conversion<Byte, Integer> widen =
        type.isSigned() ? VectorOperators.B2I : VectorOperators.ZERO_EXTEND_B2I;
    FloatVector scale = FloatVector.broadcast(FLOATS, grid.scale());
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      IntVector wide =
          (IntVector) ByteVector.fromArray(BYTES, codes, from + i).convertShape(widen, INTS, 0);
      real(wide, grid.zeroPoint(), scale).intoArray(out, at + i);
    }
    tail.dequantize(codes, from + bound, length - bound, type, grid, out, at + bound);
  }

  @Override
  public void dequantize(
      short[] codes, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at) {
    VectorOperators.Conversion<Short, Integer> widen =
        type.isSigned() ? VectorOperators.S2I : VectorOperators.ZERO_EXTEND_S2I;
    FloatVector scale = FloatVector.broadcast(FLOATS, grid.scale());
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      IntVector wide =
          (IntVector) ShortVector.fromArray(SHORTS, codes, from + i).convertShape(widen, INTS, 0);
      real(wide, grid.zeroPoint(), scale).intoArray(out, at + i);
    }
    tail.dequantize(codes, from + bound, length - bound, type, grid, out, at + bound);
  }

  @Override
  public void fakeQuantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at) {
    FloatVector scale = FloatVector.broadcast(FLOATS, grid.scale());
    FloatVector low = FloatVector.broadcast(FLOATS, type.qmin() - grid.zeroPoint());
    FloatVector high = FloatVector.broadcast(FLOATS, type.qmax() - grid.zeroPoint());
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += FLOATS.length()) {
      FloatVector value = FloatVector.fromArray(FLOATS, values, from + i);
      // Subtracting the rounder again is exact, and leaves +0 where the scalar code has integer 0.
      clipped(value, scale, low, high).add(ROUNDER).sub(ROUNDER).mul(scale).intoArray(out, at + i);
    }
    tail.fakeQuantize(values, from + bound, length - bound, type, grid, out, at + bound);
  }

  private static IntVector roundedBits(
      FloatVector value, FloatVector scale, FloatVector low, FloatVector high) {
    return clipped(value, scale, low, high).add(ROUNDER).reinterpretAsInts();
  }

  /// Blends instead of `max` and `min`, which would carry NaN along.
  private static FloatVector clipped(
      FloatVector value, FloatVector scale, FloatVector low, FloatVector high) {
    FloatVector steps = value.div(scale);
    steps = low.blend(steps, steps.compare(VectorOperators.GT, low));
    return high.blend(steps, steps.compare(VectorOperators.LT, high));
  }

  private static FloatVector real(IntVector codes, int zeroPoint, FloatVector scale) {
    return ((FloatVector) codes.sub(zeroPoint).convert(VectorOperators.I2F, 0)).mul(scale);
  }

  private static <T> VectorSpecies<T> sameLanes(Class<T> element, int bits) {
    return VectorSpecies.of(element, VectorShape.forBitSize(FLOATS.length() * bits));
  }
}
