package dev.octet.numeric;

import java.util.Objects;

/// Puts real values on a grid and back, as ONNX `QuantizeLinear` and `DequantizeLinear` define it.
///
/// A code is `clip(rint(value / scale) + zeroPoint)`: a float32 division, rounded half to even,
/// clipped to every code of the type. Infinities clip to the ends; NaN becomes the lowest code, as
/// in ONNX Runtime's kernels. A real value is `(code - zeroPoint) * scale` in float32.
///
/// 8-bit codes are bytes and 16-bit codes shorts, unsigned ones to be read as such; 4-bit codes
/// take a byte each here and are packed by [Nibbles]. Results are the same with and without the
/// Vector API.
public final class AffineKernels {
  /// Shorter spans go to the scalar kernels. Vector code runs a hundred times slower until the
  /// JVM's last compiler has seen it, which the weights of a small model never make worth while.
  private static final int VECTOR_FROM = 4096;

  private static final AffineProvider SCALAR = new ScalarAffine();
  private static final AffineProvider LONG_SPANS =
      VectorModule.isPresent() && VectorAffine.isUsable() ? new VectorAffine() : SCALAR;

  private AffineKernels() {}

  /// How the kernels compute on this machine, such as `Vector API, 512 bits`.
  public static String description() {
    return LONG_SPANS.description();
  }

  /// Quantizes `length` values from index `from` on to 8- or 4-bit codes, written from `at` on.
  ///
  /// @throws IllegalArgumentException when the type is not of 8 or 4 bits
  public static void quantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, byte[] out, int at) {
    requireBits(type, type.bits() <= 8);
    checkSpans(values.length, from, length, out.length, at);
    provider(length).quantize(values, from, length, type, grid, out, at);
  }

  /// Quantizes `length` values from index `from` on to 16-bit codes, written from `at` on.
  ///
  /// @throws IllegalArgumentException when the type is not of 16 bits
  public static void quantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, short[] out, int at) {
    requireBits(type, type.bits() == 16);
    checkSpans(values.length, from, length, out.length, at);
    provider(length).quantize(values, from, length, type, grid, out, at);
  }

  /// Real values of `length` 8- or 4-bit codes from index `from` on, written from `at` on.
  ///
  /// @throws IllegalArgumentException when the type is not of 8 or 4 bits
  public static void dequantize(
      byte[] codes, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at) {
    requireBits(type, type.bits() <= 8);
    checkSpans(codes.length, from, length, out.length, at);
    provider(length).dequantize(codes, from, length, type, grid, out, at);
  }

  /// Real values of `length` 16-bit codes from index `from` on, written from `at` on.
  ///
  /// @throws IllegalArgumentException when the type is not of 16 bits
  public static void dequantize(
      short[] codes, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at) {
    requireBits(type, type.bits() == 16);
    checkSpans(codes.length, from, length, out.length, at);
    provider(length).dequantize(codes, from, length, type, grid, out, at);
  }

  /// Real values of `length` 32-bit codes from index `from` on, written from `at` on. Their type is
  /// [QuantType#INT32].
  public static void dequantize(
      int[] codes, int from, int length, ScaleChoice grid, float[] out, int at) {
    checkSpans(codes.length, from, length, out.length, at);
    for (int i = 0; i < length; i++) {
      out[at + i] = (codes[from + i] - grid.zeroPoint()) * grid.scale();
    }
  }

  /// What quantizing and dequantizing makes of `length` values from index `from` on; `out` may be
  /// `values`.
  ///
  /// @throws IllegalArgumentException for [QuantType#INT32]
  public static void fakeQuantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at) {
    requireBits(type, type.bits() <= 16);
    checkSpans(values.length, from, length, out.length, at);
    provider(length).fakeQuantize(values, from, length, type, grid, out, at);
  }

  private static AffineProvider provider(int length) {
    return length < VECTOR_FROM ? SCALAR : LONG_SPANS;
  }

  private static void requireBits(QuantType type, boolean fits) {
    if (!fits) {
      throw new IllegalArgumentException(type + " codes do not fit this kernel's arrays");
    }
  }

  private static void checkSpans(int size, int from, int length, int outSize, int at) {
    Objects.checkFromIndexSize(from, length, size);
    Objects.checkFromIndexSize(at, length, outSize);
  }
}
