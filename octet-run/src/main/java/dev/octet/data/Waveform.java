package dev.octet.data;

/// One channel of sound.
public final class Waveform {
  private final float[] samples;
  private final int sampleRate;

  /// Sound over an array that is not copied.
  ///
  /// @param samples amplitudes, nominally in [-1, 1)
  /// @param sampleRate samples a second
  public Waveform(float[] samples, int sampleRate) {
    this.samples = samples;
    this.sampleRate = sampleRate;
  }

  /// Amplitudes, nominally in [-1, 1); the array itself.
  public float[] samples() {
    return samples;
  }

  /// Samples a second.
  public int sampleRate() {
    return sampleRate;
  }

  /// This sound at another rate.
  ///
  /// @param rate samples a second
  /// @param limit samples wanted at most; the end is not computed
  public Waveform resampled(int rate, int limit) {
    return new Waveform(Resampler.between(sampleRate, rate).apply(samples, limit), rate);
  }
}
