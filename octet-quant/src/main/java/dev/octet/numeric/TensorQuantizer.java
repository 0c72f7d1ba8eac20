package dev.octet.numeric;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Quantizes whole float32 tensors, stored row-major, to an ONNX tensor's raw data and back.
///
/// Choosing the grid ([#chooseParams]) and putting values on it ([#quantize]) are two steps,
/// because a scale can change in between (see [BiasQuantizer#weightParamsFor]).
///
/// Raw data is little-endian; 4-bit codes are packed as [Nibbles] does.
public final class TensorQuantizer {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private TensorQuantizer() {}

  /// Scales and zero points that cover the data's own range, per tensor, channel or block.
  ///
  /// Bit-equal to `compute_data_quant_params` (per tensor, per channel) and
  /// `compute_scale_zp_blocked` of ONNX Runtime's Python quantizer. Blocks differ from the others
  /// as they do there: the zero point uses the rounded scale and is clipped, span and minimum
  /// range are ignored. Unlike there, any rank can be blocked. A tensor or channel without
  /// elements gets scale 1 and zero point 0.
  ///
  /// @param data row-major values, all finite
  /// @param shape dimensions of `data`, `{}` for a scalar
  /// @throws IllegalArgumentException when sizes disagree or a value is not finite
  public static QuantParams chooseParams(
      float[] data, long[] shape, Granularity granularity, GridRule rule) {
    Layout layout = Layout.of(shape, granularity, data.length);
    requireFinite(data);
    ScaleChoice[] choices =
        rule.type().isFloat()
            ? bySpread(data, layout, rule)
            : byExtremes(data, layout, granularity, rule);
    float[] scales = new float[choices.length];
    int[] zeroPoints = new int[choices.length];
    for (int entry = 0; entry < choices.length; entry++) {
      scales[entry] = choices[entry].scale();
      zeroPoints[entry] = choices[entry].zeroPoint();
    }
    return new QuantParams(rule.type(), granularity, rule.real(), scales, zeroPoints);
  }

  /// The codes of `data` as raw tensor data.
  ///
  /// @param data row-major values
  /// @param shape dimensions of `data`
  /// @throws IllegalArgumentException when sizes disagree, or the type is [QuantType#INT32]
  public static byte[] quantize(float[] data, long[] shape, QuantParams params) {
    Layout layout = Layout.of(shape, params.granularity(), data.length);
    layout.requireEntries(params);
    QuantType type = params.type();
    if (type.bits() == 16) {
      short[] codes = new short[data.length];
      layout.forEachRun(
          (start, length, entry) ->
              AffineKernels.quantize(data, start, length, type, params.grid(entry), codes, start));
      byte[] raw = new byte[Math.multiplyExact(data.length, Short.BYTES)];
      MemorySegment.copy(codes, 0, MemorySegment.ofArray(raw), SHORT, 0, codes.length);
      return raw;
    }
    byte[] codes = new byte[data.length];
    layout.forEachRun(
        (start, length, entry) ->
            AffineKernels.quantize(data, start, length, type, params.grid(entry), codes, start));
    return type.bits() == 4 ? Nibbles.pack(codes) : codes;
  }

  /// The real values of raw tensor data, row-major.
  ///
  /// @throws IllegalArgumentException when sizes disagree
  public static float[] dequantize(byte[] raw, long[] shape, QuantParams params) {
    int count = Math.toIntExact(Layout.elements(shape));
    QuantType type = params.type();
    if (raw.length != type.byteSize(count)) {
      throw new IllegalArgumentException(
          raw.length
              + " bytes for "
              + count
              + " codes of "
              + type
              + ", expected "
              + type.byteSize(count));
    }
    Layout layout = Layout.of(shape, params.granularity(), count);
    layout.requireEntries(params);
    float[] values = new float[count];
    switch (type) {
      case UINT8, INT8, UINT4, INT4, FLOAT8E4M3FN -> {
        byte[] codes = type.bits() == 4 ? Nibbles.unpack(raw, count, type) : raw;
        layout.forEachRun(
            (start, length, entry) ->
                AffineKernels.dequantize(
                    codes, start, length, type, params.grid(entry), values, start));
      }
      case UINT16, INT16 -> {
        short[] codes = new short[count];
        MemorySegment.copy(MemorySegment.ofArray(raw), SHORT, 0, codes, 0, count);
        layout.forEachRun(
            (start, length, entry) ->
                AffineKernels.dequantize(
                    codes, start, length, type, params.grid(entry), values, start));
      }
      case INT32 -> {
        int[] codes = new int[count];
        MemorySegment.copy(MemorySegment.ofArray(raw), INT, 0, codes, 0, count);
        layout.forEachRun(
            (start, length, entry) ->
                AffineKernels.dequantize(codes, start, length, params.grid(entry), values, start));
      }
    }
    return values;
  }

  private static void requireFinite(float[] data) {
    for (int i = 0; i < data.length; i++) {
      if (!Float.isFinite(data[i])) {
        throw new IllegalArgumentException("element " + i + " is " + data[i]);
      }
    }
  }

  private static ScaleChoice[] byExtremes(
      float[] data, Layout layout, Granularity granularity, GridRule rule) {
    float[] mins = new float[layout.entries()];
    float[] maxs = new float[layout.entries()];
    Arrays.fill(mins, Float.POSITIVE_INFINITY);
    Arrays.fill(maxs, Float.NEGATIVE_INFINITY);
    layout.forEachRun(
        (start, length, entry) -> {
          for (int i = start; i < start + length; i++) {
            mins[entry] = Math.min(mins[entry], data[i]);
            maxs[entry] = Math.max(maxs[entry], data[i]);
          }
        });
    ScaleChoice[] choices = new ScaleChoice[layout.entries()];
    for (int entry = 0; entry < choices.length; entry++) {
      boolean empty = mins[entry] > maxs[entry];
      float min = empty ? 0 : mins[entry];
      float max = empty ? 0 : maxs[entry];
      choices[entry] =
          granularity instanceof Granularity.PerBlock
              ? blockChoice(min, max, rule)
              : empty ? new ScaleChoice(1f, 0) : rule.choose(min, max);
    }
    return choices;
  }

  private static ScaleChoice[] bySpread(float[] data, Layout layout, GridRule rule) {
    int[] counts = new int[layout.entries()];
    layout.forEachRun((start, length, entry) -> counts[entry] += length);
    float[][] parts = new float[counts.length][];
    for (int entry = 0; entry < parts.length; entry++) {
      parts[entry] = new float[counts[entry]];
    }
    Arrays.fill(counts, 0);
    layout.forEachRun(
        (start, length, entry) -> {
          System.arraycopy(data, start, parts[entry], counts[entry], length);
          counts[entry] += length;
        });
    ScaleChoice[] choices = new ScaleChoice[parts.length];
    for (int entry = 0; entry < choices.length; entry++) {
      float deviation = Deviation.of(parts[entry], parts[entry].length);
      choices[entry] =
          deviation > 0 ? rule.chooseForDeviation(deviation) : byLargest(parts[entry], rule);
    }
    return choices;
  }

  /// Values that are all alike have no spread, but may still differ from 0.
  private static ScaleChoice byLargest(float[] values, GridRule rule) {
    return values.length == 0
        ? new ScaleChoice(1f, 0)
        : rule.choose(Math.min(values[0], 0f), Math.max(values[0], 0f));
  }

  private static ScaleChoice blockChoice(float min, float max, GridRule rule) {
    boolean symmetric = rule.symmetry() == Symmetry.SYMMETRIC;
    CodeRange codes = rule.type().codes(rule.symmetry(), CodeSpan.FULL);
    float low = Math.min(min, 0f);
    float high = Math.max(max, 0f);
    if (symmetric) {
      high = Math.max(-low, high);
      low = -high;
    }
    float width = rule.real().rounded(high - low);
    double exactWidth = Float.isFinite(width) ? width : (double) high - low;
    float scale = rule.real().roundedUpIfTiny(exactWidth / codes.steps());
    boolean flushed = rule.real() == RealType.FLOAT || rule.tinyScales() == TinyScales.FLUSHED;
    boolean degenerate = scale == 0 || (flushed && scale < rule.real().smallestNormal());
    if (symmetric) {
      int middle = (int) Math.rint((codes.min() + codes.max()) / 2.0);
      return new ScaleChoice(degenerate ? 1f : scale, middle);
    }
    if (degenerate) {
      return new ScaleChoice(1f, 0);
    }
    double zeroPoint = Math.rint(codes.min() - low / (double) scale);
    return new ScaleChoice(scale, (int) Math.clamp(zeroPoint, codes.min(), codes.max()));
  }
}
