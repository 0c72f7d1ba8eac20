package dev.octet.data;

import java.util.Arrays;

/// Changes the sample rate of a signal by a polyphase Kaiser-windowed sinc low-pass filter (J. O.
/// Smith, *Digital Audio Resampling Home Page*; Crochiere and Rabiner, *Multirate Digital Signal
/// Processing*).
///
/// Output `n` is the band-limited signal at input time `n * in / out`: the inputs near that time
/// weighted by `h(t) = sinc(c t) kaiser(t)`, where `c` puts the cut-off below the lower of the two
/// Nyquist rates. The weights depend on the fraction of that time only, of which there are
/// `out / gcd`. They are scaled to sum to 1, so a constant stays what it is. Outside the signal
/// there is silence; nothing is delayed.
public final class Resampler {
  /// Zero crossings of the sinc on each side: the transition band is about a tenth of the pass
  /// band.
  private static final int CROSSINGS = 32;

  /// Cut-off in parts of the lower Nyquist rate, so that the transition band ends near it.
  private static final double ROLL_OFF = 0.95;

  /// Kaiser's window for about 80 dB of stop-band attenuation: `0.1102 (80 - 8.7)`.
  private static final double BETA = 7.857;

  /// Weights kept at most, 8 MiB; odd pairs of rates have so many phases that theirs are
  /// recomputed.
  private static final long MAX_KEPT_WEIGHTS = 1 << 20;

  private final int up;
  private final int down;
  private final double cutOff;
  private final int reach;
  private final double[][] phases;

  private Resampler(int up, int down) {
    this.up = up;
    this.down = down;
    this.cutOff = ROLL_OFF * Math.min(1.0, (double) up / down);
    this.reach = (int) Math.ceil(CROSSINGS / cutOff);
    this.phases = new double[(long) up * taps() <= MAX_KEPT_WEIGHTS ? up : 0][];
    for (int phase = 0; phase < phases.length; phase++) {
      phases[phase] = weights(phase);
    }
  }

  /// The filter for a pair of rates.
  ///
  /// @param inputRate samples a second, at least 1
  /// @param outputRate samples a second, at least 1
  public static Resampler between(int inputRate, int outputRate) {
    if (inputRate < 1 || outputRate < 1) {
      throw new IllegalArgumentException("sample rates " + inputRate + ", " + outputRate);
    }
    int divisor = gcd(inputRate, outputRate);
    return new Resampler(outputRate / divisor, inputRate / divisor);
  }

  /// Resamples from the start of `input`.
  ///
  /// @param limit outputs wanted at most
  /// @return `ceil(input.length * out / in)` samples, or `limit` if that is less
  public float[] apply(float[] input, int limit) {
    long whole = Math.ceilDiv((long) input.length * up, (long) down);
    int length = (int) Math.min(whole, limit);
    if (up == down) {
      return Arrays.copyOf(input, length);
    }
    float[] output = new float[length];
    for (int n = 0; n < length; n++) {
      long position = (long) n * down;
      int phase = (int) (position % up);
      double[] weights = phases.length == 0 ? weights(phase) : phases[phase];
      int first = (int) (position / up) - reach + 1;
      int from = Math.max(0, -first);
      int to = Math.min(weights.length, input.length - first);
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += weights[i] * input[first + i];
      }
      output[n] = (float) sum;
    }
    return output;
  }

  private int taps() {
    return 2 * reach;
  }

  /// Weights of the inputs around an output that lies `phase / up` after an input.
  private double[] weights(int phase) {
    double[] weights = new double[taps()];
    double offset = (double) phase / up;
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double t = offset + reach - 1 - i;
      double inside = 1 - (t / reach) * (t / reach);
      double window = inside <= 0 ? 0 : besselI0(BETA * Math.sqrt(inside)) / besselI0(BETA);
      weights[i] = sinc(cutOff * t) * window;
      sum += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }

  /// Modified Bessel function of the first kind and order 0, by its power series.
  private static double besselI0(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > sum * 1e-17; k++) {
      term *= (x / (2 * k)) * (x / (2 * k));
      sum += term;
    }
    return sum;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
