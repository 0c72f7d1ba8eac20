package dev.octet.stats;

import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.numeric.Symmetry;

/// Finds the range whose grid has the least expected squared error over a histogram.
///
/// Values are taken as spread evenly within a bin. With step `s` and a grid from `L` to `H`, the
/// error at `x` is the squared distance to the nearest multiple of `s` inside the grid and to the
/// end of the grid outside. Its antiderivative `G` has a closed form: inside,
/// `s^3 (n/12 + d^3/3)` with `n = rint(x/s)` and `d = x/s - n`, because the interval around each
/// multiple contributes `s^3/12`; outside, a third of the cubed distance on top. A bin from `a` to
/// `b` with `c` values contributes `c (G(b) - G(a)) / (b - a)`, exact for steps wider and narrower
/// than bins alike.
final class ErrorSearch {
  /// Candidates shrink by this factor; refined afterwards.
  private static final double SHRINK = Math.pow(2, -1.0 / 8);

  /// Shrinks this often at most: to 1/4096, where everything falls into one bin.
  private static final int CANDIDATES = 96;

  private static final int REFINEMENTS = 12;
  private static final int ROUNDS = 3;

  private final Histogram histogram;
  private final GridRule rule;
  private final long total;

  ErrorSearch(Histogram histogram, GridRule rule) {
    this.histogram = histogram;
    this.rule = rule;
    this.total = histogram.total();
  }

  /// Mean squared error of a grid over `range`.
  double error(Range range) {
    return error(range.min(), range.max());
  }

  /// The best range inside `observed`, which holds 0; `observed` itself unless another is better.
  Range best(Range observed) {
    float low = observed.min();
    float high = observed.max();
    if (low == high) {
      return observed;
    }
    if (rule.symmetry() == Symmetry.SYMMETRIC) {
      float bound = Math.max(-low, high);
      float best = (float) (bound * shrunk(t -> error((float) (-bound * t), (float) (bound * t))));
      return new Range(-best, best).clampedTo(observed);
    }
    double factor = shrunk(t -> error((float) (low * t), (float) (high * t)));
    float bestLow = (float) (low * factor);
    float bestHigh = (float) (high * factor);
    if (low == 0 || high == 0) {
      return new Range(bestLow, bestHigh);
    }
    for (int round = 0; round < ROUNDS; round++) {
      float fixedLow = bestLow;
      float newHigh = (float) (high * shrunk(t -> error(fixedLow, (float) (high * t))));
      float newLow = (float) (low * shrunk(t -> error((float) (low * t), newHigh)));
      boolean settled = newHigh == bestHigh && newLow == bestLow;
      if (settled || error(newLow, newHigh) >= error(bestLow, bestHigh)) {
        break;
      }
      bestLow = newLow;
      bestHigh = newHigh;
    }
    return new Range(bestLow, bestHigh);
  }

  @FunctionalInterface
  private interface Objective {
    double at(double factor);
  }

  /// The factor in (0, 1] with the least error: the best of a geometric series, then refined by
  /// golden sections between its neighbours. 1 wins ties.
  private static double shrunk(Objective objective) {
    double best = 1;
    double least = objective.at(1);
    double factor = 1;
    for (int i = 1; i <= CANDIDATES; i++) {
      factor *= SHRINK;
      double error = objective.at(factor);
      if (error < least) {
        least = error;
        best = factor;
      }
    }
    double ratio = (Math.sqrt(5) - 1) / 2;
    double left = best * SHRINK;
    double right = Math.min(1, best / SHRINK);
    for (int i = 0; i < REFINEMENTS; i++) {
      double inner = right - ratio * (right - left);
      double outer = left + ratio * (right - left);
      double innerError = objective.at(inner);
      double outerError = objective.at(outer);
      if (Math.min(innerError, outerError) < least) {
        least = Math.min(innerError, outerError);
        best = innerError < outerError ? inner : outer;
      }
      if (innerError < outerError) {
        right = outer;
      } else {
        left = inner;
      }
    }
    return best;
  }

  private double error(float low, float high) {
    ScaleChoice grid = rule.choose(low, high);
    QuantType type = rule.type();
    double scale = grid.scale();
    double gridLow = (type.qmin() - grid.zeroPoint()) * scale;
    double gridHigh = (type.qmax() - grid.zeroPoint()) * scale;
    double sum = 0;
    double before = antiderivative(histogram.edge(0), scale, gridLow, gridHigh);
    for (int bin = 0; bin < histogram.bins(); bin++) {
      double after = antiderivative(histogram.edge(bin + 1), scale, gridLow, gridHigh);
      sum += histogram.count(bin) * (after - before);
      before = after;
    }
    return sum / histogram.binWidth() / total;
  }

  private static double antiderivative(double x, double scale, double low, double high) {
    double inside = Math.clamp(x, low, high);
    double steps = inside / scale;
    double nearest = Math.rint(steps);
    double offset = steps - nearest;
    double beyond = x - inside;
    return scale * scale * scale * (nearest / 12 + offset * offset * offset / 3)
        + beyond * beyond * beyond / 3;
  }
}
