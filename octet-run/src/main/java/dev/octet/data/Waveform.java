package dev.octet.data;

/// One channel of sound.
///
/// @param samples amplitudes, nominally in [-1, 1)
/// @param sampleRate samples a second
public record Waveform(float[] samples, int sampleRate) {

  /// This sound at another rate.
  ///
  /// @param rate samples a second
  /// @param limit samples wanted at most; the end is not computed
  public Waveform resampled(int rate, int limit) {
    return new Waveform(Resampler.between(sampleRate, rate).apply(samples, limit), rate);
  }
}
