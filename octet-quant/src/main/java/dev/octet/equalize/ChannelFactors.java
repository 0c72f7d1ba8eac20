package dev.octet.equalize;

/// How much louder each channel of an activation is to become: powers of two, so that dividing what
/// reads it by them changes not one bit.
public final class ChannelFactors {
  /// Share of the distance to the furthest channel, in octaves, that a channel is brought nearer
  /// by. All of it would hand the next layer's weights the whole spread.
  public static final double STRENGTH = 0.75;

  /// Largest factor, as a power of two, of a channel that hardly fires.
  private static final int MOST_OCTAVES = 6;

  private ChannelFactors() {}

  /// Factors, at least 1, that bring each channel nearer to the one that reaches furthest.
  ///
  /// @param reach largest absolute value of each channel
  /// @param strength from 0, which leaves all as they are, to 1
  public static float[] of(float[] reach, double strength) {
    double furthest = 0;
    for (float each : reach) {
      furthest = Math.max(furthest, each);
    }
    float[] factors = new float[reach.length];
    for (int i = 0; i < factors.length; i++) {
      double octaves = reach[i] > 0 ? strength * log2(furthest / reach[i]) : 0;
      factors[i] = Math.scalb(1f, (int) Math.min(MOST_OCTAVES, Math.rint(octaves)));
    }
    return factors;
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }
}
