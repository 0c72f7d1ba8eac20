package dev.octet.numeric;

/// How far values are from a reference: signal, noise and cosine, over any number of segments.
///
/// Mergeable and of fixed size, so that whole data sets can be compared without keeping a tensor.
/// Sums are float64. NaN or infinity on either side makes the figures NaN rather than good.
public final class ErrorStatistics {
  /// The peer's floor for both norms: the distance from 1.0 to the next float64.
  private static final double EPSILON = Math.ulp(1.0);

  private long count;
  private double signal;
  private double other;
  private double product;
  private double noise;
  private double maxAbsolute;
  private double maxRelative;

  /// Adds all elements of one comparison.
  ///
  /// @throws IllegalArgumentException when sizes differ
  public void accept(float[] reference, float[] actual) {
    if (reference.length != actual.length) {
      throw new IllegalArgumentException(
          actual.length + " values against a reference of " + reference.length);
    }
    for (int i = 0; i < reference.length; i++) {
      double expected = reference[i];
      double difference = actual[i] - expected;
      signal += expected * expected;
      other += (double) actual[i] * actual[i];
      product += expected * actual[i];
      noise += difference * difference;
      double absolute = Math.abs(difference);
      maxAbsolute = Math.max(maxAbsolute, absolute);
      if (expected != 0) {
        maxRelative = Math.max(maxRelative, absolute / Math.abs(expected));
      }
    }
    count += reference.length;
  }

  /// Adds what `that` has seen.
  public void merge(ErrorStatistics that) {
    count += that.count;
    signal += that.signal;
    other += that.other;
    product += that.product;
    noise += that.noise;
    maxAbsolute = Math.max(maxAbsolute, that.maxAbsolute);
    maxRelative = Math.max(maxRelative, that.maxRelative);
  }

  /// Elements compared.
  public long count() {
    return count;
  }

  /// Signal to quantization noise ratio in decibels,
  /// `20 log10(max(norm(reference), e) / max(norm(difference), e))`, as ONNX Runtime's
  /// `qdq_loss_debug` defines it. Equal values give a large finite number.
  public double sqnr() {
    double ratio = Math.max(Math.sqrt(signal), EPSILON) / Math.max(Math.sqrt(noise), EPSILON);
    return 20 * Math.log10(ratio);
  }

  /// Cosine of the angle between the two; 1 when both are all zeros, 0 when one is.
  public double cosine() {
    if (signal == 0 || other == 0) {
      return signal == other ? 1 : 0;
    }
    return product / (Math.sqrt(signal) * Math.sqrt(other));
  }

  /// Root of the mean squared difference; 0 without elements.
  public double rootMeanSquare() {
    return count == 0 ? 0 : Math.sqrt(noise / count);
  }

  /// Largest absolute difference.
  public double maxAbsolute() {
    return maxAbsolute;
  }

  /// Largest difference relative to a reference that is not 0.
  public double maxRelative() {
    return maxRelative;
  }
}
