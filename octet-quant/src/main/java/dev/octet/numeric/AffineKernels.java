package dev.octet.numeric;

import java.util.Objects;

/// Puts real values on a grid and back, as ONNX `QuantizeLinear` and `DequantizeLinear` define it.
///
/// A code is `clip(rint(value / scale) + zeroPoint)`: a float32 division, rounded half to even,
/// clipped to every code of the type. Infinities clip to the ends; NaN becomes the lowest code, as
/// in ONNX Runtime's kernels. A real value is `(code - zeroPoint) * scale` in float32.
///
/// 8-bit codes are bytes and 16-bit codes shorts, unsigned ones to be read as such; 4-bit codes
/// take a byte each here and are packed by [Nibbles].
///
/// The loops are written so that the compiler turns them into vector instructions by itself. What
/// that takes decides their form:
///
/// - Clipping comes before rounding, which gives the same since the bounds are whole, and keeps
///   magnitudes below 2^17.
/// - There are no vectors of `Math.rint(float)`. Adding `1.5 * 2^23` to a float of magnitude below
///   2^22 leaves no fraction bits, so that the addition itself rounds half to even; subtracting it
///   again is exact.
/// - There are no conditions. A cast turns NaN into 0, so steps are counted from the lowest code:
///   0 is the code that NaN shall have.
/// - Arrays of the same type are only read and written at the same index.
///
/// The Vector API was tried and left out: about half the time once compiled, but some hundred
/// times slower until then, and a process that quantizes one model rarely gets beyond.
public final class AffineKernels {
  private static final float ROUNDER = 0x1.8p23f;
  private static final int CHUNK = 2048;

  private AffineKernels() {}

  /// Quantizes `length` values from index `from` on to 8- or 4-bit codes, written from `at` on. NaN
  /// stays NaN in float8.
  ///
  /// @throws IllegalArgumentException when the type is not of 8 or 4 bits
  public static void quantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, byte[] out, int at) {
    requireFit(type, type.bits() <= 8);
    checkSpans(values.length, from, length, out.length, at);
    int qmin = type.qmin();
    float scale = grid.scale();
    if (type.isFloat()) {
      for (int i = 0; i < length; i++) {
        out[at + i] = Float8.encode(values[from + i] / scale);
      }
      return;
    }
    float low = qmin - grid.zeroPoint();
    float high = type.qmax() - grid.zeroPoint();
    for (int i = 0; i < length; i++) {
      float steps = Math.min(Math.max(values[from + i] / scale, low), high);
      out[at + i] = (byte) ((int) (steps + ROUNDER - ROUNDER - low) + qmin);
    }
  }

  /// Quantizes `length` values from index `from` on to 16-bit codes, written from `at` on.
  ///
  /// @throws IllegalArgumentException when the type is not of 16 bits
  public static void quantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, short[] out, int at) {
    requireFit(type, type.bits() == 16);
    checkSpans(values.length, from, length, out.length, at);
    int qmin = type.qmin();
    float scale = grid.scale();
    float low = qmin - grid.zeroPoint();
    float high = type.qmax() - grid.zeroPoint();
    for (int i = 0; i < length; i++) {
      float steps = Math.min(Math.max(values[from + i] / scale, low), high);
      out[at + i] = (short) ((int) (steps + ROUNDER - ROUNDER - low) + qmin);
    }
  }

  /// Real values of `length` 8- or 4-bit codes from index `from` on, written from `at` on.
  ///
  /// @throws IllegalArgumentException when the type is not of 8 or 4 bits
  public static void dequantize(
      byte[] codes, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at) {
    requireFit(type, type.bits() <= 8);
    checkSpans(codes.length, from, length, out.length, at);
    float scale = grid.scale();
    float zeroPoint = grid.zeroPoint();
    if (type.isFloat()) {
      for (int i = 0; i < length; i++) {
        out[at + i] = Float8.decode(codes[from + i]) * scale;
      }
    } else if (type.isSigned()) {
      for (int i = 0; i < length; i++) {
        out[at + i] = ((float) codes[from + i] - zeroPoint) * scale;
      }
    } else {
      for (int i = 0; i < length; i++) {
        out[at + i] = ((float) (codes[from + i] & 0xff) - zeroPoint) * scale;
      }
    }
  }

  /// Real values of `length` 16-bit codes from index `from` on, written from `at` on.
  ///
  /// @throws IllegalArgumentException when the type is not of 16 bits
  public static void dequantize(
      short[] codes, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at) {
    requireFit(type, type.bits() == 16);
    checkSpans(codes.length, from, length, out.length, at);
    float scale = grid.scale();
    float zeroPoint = grid.zeroPoint();
    if (type.isSigned()) {
      for (int i = 0; i < length; i++) {
        out[at + i] = ((float) codes[from + i] - zeroPoint) * scale;
      }
    } else {
      for (int i = 0; i < length; i++) {
        out[at + i] = ((float) (codes[from + i] & 0xffff) - zeroPoint) * scale;
      }
    }
  }

  /// Real values of `length` 32-bit codes from index `from` on, written from `at` on. Their type is
  /// [QuantType#INT32]; the difference from the zero point wraps around.
  public static void dequantize(
      int[] codes, int from, int length, ScaleChoice grid, float[] out, int at) {
    checkSpans(codes.length, from, length, out.length, at);
    for (int i = 0; i < length; i++) {
      out[at + i] = (codes[from + i] - grid.zeroPoint()) * grid.scale();
    }
  }

  /// What quantizing and dequantizing makes of `length` values from index `from` on. `out` may be
  /// `values` with `at` equal to `from`.
  ///
  /// @throws IllegalArgumentException for [QuantType#INT32]
  public static void fakeQuantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at) {
    requireFit(type, type.bits() <= 16);
    checkSpans(values.length, from, length, out.length, at);
    if (type.isFloat()) {
      for (int i = 0; i < length; i++) {
        out[at + i] = Float8.decode(Float8.encode(values[from + i] / grid.scale())) * grid.scale();
      }
      return;
    }
    float low = type.qmin() - grid.zeroPoint();
    float high = type.qmax() - grid.zeroPoint();
    float[] chunk = new float[Math.min(CHUNK, length)];
    for (int done = 0; done < length; done += CHUNK) {
      int size = Math.min(CHUNK, length - done);
      System.arraycopy(values, from + done, chunk, 0, size);
      snap(chunk, size, grid.scale(), low, high);
      System.arraycopy(chunk, 0, out, at + done, size);
    }
  }

  /// Through int, so that a step of -0 becomes 0 and NaN the lowest code.
  private static void snap(float[] values, int length, float scale, float low, float high) {
    for (int i = 0; i < length; i++) {
      float steps = Math.min(Math.max(values[i] / scale, low), high);
      values[i] = ((float) (int) (steps + ROUNDER - ROUNDER - low) + low) * scale;
    }
  }

  private static void requireFit(QuantType type, boolean fits) {
    if (!fits) {
      throw new IllegalArgumentException(type + " codes do not fit this kernel's arrays");
    }
  }

  private static void checkSpans(int size, int from, int length, int outSize, int at) {
    Objects.checkFromIndexSize(from, length, size);
    Objects.checkFromIndexSize(at, length, outSize);
  }
}
