package dev.octet.flow;

/// One way of quantizing, tried and judged.
///
/// @param method how ranges were chosen, and what else was done
/// @param agreement share (0 to 1) of equal top-1 predictions on the held-back samples
/// @param sqnrDb signal-to-quantization-noise ratio of the worst output on the held-back samples;
///     NaN where all outputs are choices, such as the number of a class, which are equal or not
public record Trial(String method, double agreement, double sqnrDb) {

  /// What ways are compared by. Where outputs are choices, a wrong one counts as noise and a right
  /// one as signal: one wrong in a hundred is 20 dB.
  double qualityDb() {
    return Double.isNaN(sqnrDb) ? -10 * Math.log10(1 - agreement) : sqnrDb;
  }
}
