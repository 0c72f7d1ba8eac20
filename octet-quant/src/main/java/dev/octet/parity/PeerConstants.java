package dev.octet.parity;

import dev.octet.ir.DenseTensor;
import dev.octet.numeric.Granularity;
import dev.octet.stats.Range;
import java.util.Arrays;

/// The numbers of constants.
final class PeerConstants {
  private PeerConstants() {}

  /// The elements of a tensor of 32- or 16-bit floats, widened exactly.
  static float[] floats(DenseTensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) tensor.doubleAt(i);
    }
    return values;
  }

  /// The extremes of the tensor or of each of its channels.
  static Range[] ranges(float[] data, long[] shape, Granularity granularity) {
    int axis = granularity instanceof Granularity.PerChannel(int channel) ? channel : -1;
    int channels = axis < 0 ? 1 : (int) shape[axis];
    int inner = 1;
    for (int i = axis + 1; axis >= 0 && i < shape.length; i++) {
      inner *= (int) shape[i];
    }
    float[] low = new float[channels];
    float[] high = new float[channels];
    Arrays.fill(low, Float.POSITIVE_INFINITY);
    Arrays.fill(high, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < data.length; i++) {
      int channel = axis < 0 ? 0 : i / inner % channels;
      low[channel] = Math.min(low[channel], data[i]);
      high[channel] = Math.max(high[channel], data[i]);
    }
    Range[] ranges = new Range[channels];
    for (int i = 0; i < channels; i++) {
      ranges[i] = low[i] <= high[i] ? new Range(low[i], high[i]) : new Range(0f, 0f);
    }
    return ranges;
  }
}
