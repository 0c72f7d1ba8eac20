package dev.octet.numeric;

import java.util.Locale;

/// How many steps of a quantization grid lie between pairs of codes, and how many of those off by
/// one come from values that lay between two codes, where the last bit decides.
///
/// @param elements pairs compared
/// @param offByOne pairs one step apart
/// @param ties pairs one step apart whose value lay within [#TIE] of the middle of two codes before
///     it was rounded
/// @param offByMore pairs farther apart
/// @param largest largest number of steps
public record GridSteps(long elements, long offByOne, long ties, long offByMore, long largest) {
  /// Nothing compared yet.
  public static final GridSteps NONE = new GridSteps(0, 0, 0, 0, 0);

  /// How near to the middle of two codes a value is a tie, in steps. Float32 arithmetic in another
  /// order moves a value of 255 steps by less than that.
  public static final double TIE = 1e-3;

  /// Compares codes one by one.
  ///
  /// @param actual codes of one side
  /// @param desired codes of the other, counted from the same zero point
  /// @param before what was rounded to `desired`, in steps: value divided by scale, in float64
  /// @throws IllegalArgumentException when sizes differ
  public static GridSteps of(long[] actual, long[] desired, double[] before) {
    if (actual.length != desired.length || actual.length != before.length) {
      throw new IllegalArgumentException(
          actual.length + " codes against " + desired.length + ", of " + before.length + " values");
    }
    long one = 0;
    long ties = 0;
    long more = 0;
    long largest = 0;
    for (int i = 0; i < actual.length; i++) {
      long steps = Math.abs(actual[i] - desired[i]);
      largest = Math.max(largest, steps);
      more += steps > 1 ? 1 : 0;
      if (steps == 1) {
        one++;
        ties += isTie(before[i]) ? 1 : 0;
      }
    }
    return new GridSteps(actual.length, one, ties, more, largest);
  }

  /// Whether a value lies in the middle of two codes, or as good as.
  ///
  /// @param steps value divided by scale
  public static boolean isTie(double steps) {
    return Math.abs(steps - Math.floor(steps) - 0.5) <= TIE;
  }

  /// Pairs that are not the same code.
  public long off() {
    return offByOne + offByMore;
  }

  /// Both comparisons as one.
  public GridSteps plus(GridSteps that) {
    return new GridSteps(
        elements + that.elements,
        offByOne + that.offByOne,
        ties + that.ties,
        offByMore + that.offByMore,
        Math.max(largest, that.largest));
  }

  /// `0.3 % off by one step, all at rounding ties`.
  @Override
  public String toString() {
    if (off() == 0) {
      return "same codes";
    }
    String text = "";
    if (offByOne > 0) {
      String where =
          ties == offByOne
              ? ", all at rounding ties"
              : ties == 0 ? "" : ", %d of %d at rounding ties".formatted(ties, offByOne);
      text = share(offByOne) + " off by one step" + where;
    }
    if (offByMore > 0) {
      String more = share(offByMore) + (text.isEmpty() ? " off" : "");
      text += (text.isEmpty() ? "" : "; ") + more + " by up to " + largest + " steps";
    }
    return text;
  }

  private String share(long count) {
    double percent = 100.0 * count / elements;
    return String.format(Locale.ROOT, percent < 1 ? "%.2g %%" : "%.0f %%", percent);
  }
}
