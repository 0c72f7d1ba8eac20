package dev.octet.stats;

import dev.octet.numeric.CodeRange;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.Symmetry;

/// Finds the range whose quantized distribution diverges least from the observed one.
///
/// For each candidate window around 0 (Migacz, "8-bit inference with TensorRT", 2017): `P` is the
/// histogram inside the window with everything outside added to the end bins; `Q` merges the
/// window's own bins into as many groups as the grid has codes and spreads each group's sum evenly
/// over its bins that are not empty; the window with the least `KL(P || Q)` wins. Windows begin at
/// one bin a code, where nothing is merged yet, and grow by an eighth of that.
///
/// Unlike the usual implementation, bins outnumber codes at least eightfold for 8-bit types, `Q` is
/// not truncated to whole counts, two-sided asymmetric ranges are cut on either side of 0, and the
/// bins next to 0 count no more than their outer neighbours: the many exact zeros of a Relu, which
/// every grid holds exactly, would otherwise outweigh the rest.
final class EntropySearch {
  private static final int BINS = 4096;

  /// Stands for a probability of 0 where outliers were added to an empty end bin.
  private static final double FLOOR = 1e-7;

  private final Histogram histogram;
  private final int codes;

  EntropySearch(Histogram histogram, GridRule rule) {
    CodeRange range = rule.codes();
    if (rule.symmetry() == Symmetry.SYMMETRIC) {
      this.histogram = histogram.magnitudes().coarsened(BINS);
      this.codes = (int) (range.steps() / 2) + 1;
    } else {
      this.histogram = histogram.coarsened(BINS);
      this.codes = (int) range.steps() + 1;
    }
  }

  /// Largest magnitude inside the best window; the observed one when there are fewer bins than
  /// codes, as always for 16-bit types.
  double best() {
    long[] counts = histogram.counts();
    int zero = -histogram.firstBin();
    discountZero(counts, zero);
    int farthest = Math.max(counts.length - zero, zero);
    int sides = zero > 0 && zero < counts.length ? 2 : 1;
    int first = codes / sides;
    int step = Math.max(1, first / 8);
    double least = Double.POSITIVE_INFINITY;
    int best = farthest;
    for (int reach = first; reach < farthest; reach += step) {
      int from = Math.max(0, zero - reach);
      int to = Math.min(counts.length, zero + reach);
      double divergence = to <= from ? Double.POSITIVE_INFINITY : divergence(counts, from, to);
      if (divergence < least) {
        least = divergence;
        best = reach;
      }
    }
    if (divergence(counts, 0, counts.length) <= least) {
      best = farthest;
    }
    return best * histogram.binWidth();
  }

  private static void discountZero(long[] counts, int zero) {
    if (zero >= 0 && zero + 1 < counts.length) {
      counts[zero] = Math.min(counts[zero], counts[zero + 1]);
    }
    if (zero - 2 >= 0 && zero - 1 < counts.length) {
      counts[zero - 1] = Math.min(counts[zero - 1], counts[zero - 2]);
    }
  }

  /// `KL(P || Q)` for the window of bins from `from` to before `to`.
  private double divergence(long[] counts, int from, int to) {
    int size = to - from;
    long below = sum(counts, 0, from);
    long above = sum(counts, to, counts.length);
    long inside = sum(counts, from, to);
    if (inside == 0) {
      return Double.POSITIVE_INFINITY;
    }
    double all = (double) below + inside + above;
    int groups = Math.min(codes, size);
    double divergence = 0;
    for (int group = 0; group < groups; group++) {
      int start = from + (int) ((long) size * group / groups);
      int end = from + (int) ((long) size * (group + 1) / groups);
      double sum = 0;
      int filled = 0;
      for (int i = start; i < end; i++) {
        sum += counts[i];
        filled += counts[i] > 0 ? 1 : 0;
      }
      for (int i = start; i < end; i++) {
        double observed =
            counts[i] + (i == from ? (double) below : 0) + (i == to - 1 ? (double) above : 0);
        if (observed > 0) {
          double p = observed / all;
          double q = counts[i] > 0 ? sum / filled / inside : FLOOR;
          divergence += p * Math.log(p / q);
        }
      }
    }
    return divergence;
  }

  private static long sum(long[] counts, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += counts[i];
    }
    return sum;
  }
}
