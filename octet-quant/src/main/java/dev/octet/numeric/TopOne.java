package dev.octet.numeric;

/// How often two models, or a model and the labels, choose the same class.
///
/// @param samples rows compared
/// @param agreeing rows with the same choice
public record TopOne(long samples, long agreeing) {
  /// Nothing compared yet.
  public static final TopOne NONE = new TopOne(0, 0);

  /// Compares row by row.
  ///
  /// @param first row-major scores, `classes` a row
  /// @param second as many scores
  /// @throws IllegalArgumentException when sizes differ or are no whole number of rows
  public static TopOne of(float[] first, float[] second, int classes) {
    if (first.length != second.length || classes <= 0 || first.length % classes != 0) {
      throw new IllegalArgumentException(
          first.length + " and " + second.length + " scores for rows of " + classes);
    }
    int agreeing = 0;
    for (int row = 0; row < first.length; row += classes) {
      if (argMax(first, row, classes) == argMax(second, row, classes)) {
        agreeing++;
      }
    }
    return new TopOne(first.length / classes, agreeing);
  }

  /// Index within the row of the largest score; the first of equals, and of NaN if there is one, as
  /// `numpy.argmax`.
  public static int argMax(float[] scores, int from, int classes) {
    int best = 0;
    for (int i = 0; i < classes; i++) {
      if (Float.isNaN(scores[from + i])) {
        return i;
      }
      if (scores[from + i] > scores[from + best]) {
        best = i;
      }
    }
    return best;
  }

  /// Share of agreeing rows, 0 to 1; 1 when nothing was compared.
  public double rate() {
    return samples == 0 ? 1 : (double) agreeing / samples;
  }

  /// Both comparisons as one.
  public TopOne plus(TopOne that) {
    return new TopOne(samples + that.samples, agreeing + that.agreeing);
  }
}
