package dev.octet.evaluate;

/// Statistics of two models' right and wrong answers to the same questions.
final class PairedChange {
  /// 97.5 % quantile of the normal distribution.
  private static final double Z = 1.959963984540054;

  private PairedChange() {}

  /// @param before whether the first model is right, by sample
  /// @param after whether the other one is
  static AccuracyChange of(boolean[] before, boolean[] after) {
    long gained = 0;
    long lost = 0;
    for (int i = 0; i < before.length; i++) {
      gained += after[i] && !before[i] ? 1 : 0;
      lost += before[i] && !after[i] ? 1 : 0;
    }
    double n = before.length;
    double change = (gained - lost) / n;
    double error = Math.sqrt(Math.max(0, gained + lost - (gained - lost) * change)) / n;
    return new AccuracyChange(
        100 * change,
        100 * (change - Z * error),
        100 * (change + Z * error),
        gained,
        lost,
        exactP(gained, lost));
  }

  /// Probability that fair coins fall at least as unevenly as `gained` to `lost`.
  static double exactP(long gained, long lost) {
    long n = gained + lost;
    long tail = Math.min(gained, lost);
    if (2 * tail == n) {
      return 1;
    }
    // Terms as logarithms: 2^-n alone is 0 in floating point for n above 1074.
    double logTerm = -n * Math.log(2);
    double sum = Math.exp(logTerm);
    for (long i = 1; i <= tail; i++) {
      logTerm += Math.log((double) (n - i + 1) / i);
      sum += Math.exp(logTerm);
    }
    return Math.min(1, 2 * sum);
  }
}
