package dev.octet.stats;

import dev.octet.numeric.GridRule;
import dev.octet.numeric.ScaleChoice;
import dev.octet.numeric.Symmetry;
import java.util.function.DoubleFunction;

/// Finds the range whose grid has the least expected error over a histogram.
///
/// Values are taken as spread evenly within a bin. With step `s` and a grid from `L` to `H`, the
/// error at `x` is the distance, or its square, to the nearest multiple of `s` inside the grid and
/// to the end of the grid outside. Its antiderivative `G` has a closed form, see [ErrorMeasure]. A
/// bin from `a` to `b` with `c` values contributes `c (G(b) - G(a)) / (b - a)`, exact for steps
/// wider and narrower than bins alike.
final class ErrorSearch {
  /// Bins the search works on: some four a step of an 8-bit grid.
  private static final int BINS = 2048;

  /// Candidates shrink by this factor; refined afterwards.
  private static final double SHRINK = Math.pow(2, -1.0 / 8);

  /// Shrinks this often at most: to 1/4096, where everything falls into one bin.
  private static final int CANDIDATES = 96;

  private static final int REFINEMENTS = 14;
  private static final int ROUNDS = 3;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private final Histogram histogram;
  private final GridRule rule;
  private final ErrorMeasure measure;
  private final double total;

  ErrorSearch(Histogram histogram, GridRule rule, ErrorMeasure measure) {
    this.histogram = histogram.coarsened(BINS);
    this.rule = rule;
    this.measure = measure;
    this.total = (double) histogram.total();
  }

  /// Mean error of a grid over `range`, as [ErrorMeasure] has it.
  double error(Range range) {
    ScaleChoice grid = rule.choose(range.min(), range.max());
    double low = lowEnd(grid);
    double high = highEnd(grid);
    double sum = 0;
    double before = antiderivative(histogram.edge(0), grid.scale(), low, high);
    for (int bin = 0; bin < histogram.bins(); bin++) {
      double after = antiderivative(histogram.edge(bin + 1), grid.scale(), low, high);
      sum += histogram.count(bin) * (after - before);
      before = after;
    }
    return sum / histogram.binWidth() / total;
  }

  /// The best range inside `observed`, which holds 0; `observed` itself unless another is better.
  Range best(Range observed) {
    if (observed.min() == observed.max()) {
      return observed;
    }
    if (rule.symmetry() == Symmetry.SYMMETRIC) {
      return best(factor -> scaled(observed.symmetric(), factor, factor)).clampedTo(observed);
    }
    Range best = best(factor -> scaled(observed, factor, factor));
    if (observed.min() == 0 || observed.max() == 0) {
      return best;
    }
    double least = error(best);
    for (int round = 0; round < ROUNDS; round++) {
      float low = best.min();
      Range upper = best(factor -> new Range(low, scaled(observed, 1, factor).max()));
      Range both = best(factor -> new Range(scaled(observed, factor, 1).min(), upper.max()));
      double error = error(both);
      if (error >= least) {
        break;
      }
      best = both;
      least = error;
    }
    return best;
  }

  /// The candidate with the least error: the best of a geometric series of factors from 1 on, then
  /// refined by golden sections between its neighbours. Wider candidates win ties.
  private Range best(DoubleFunction<Range> candidates) {
    double bestFactor = 1;
    double least = error(candidates.apply(1));
    double factor = 1;
    for (int i = 1; i <= CANDIDATES; i++) {
      factor *= SHRINK;
      Range candidate = candidates.apply(factor);
      double error = error(candidate);
      if (error < least) {
        least = error;
        bestFactor = factor;
      } else if (clippingError(candidate) >= least) {
        break; // it only grows from here
      }
    }
    return refined(candidates, bestFactor, least);
  }

  private Range refined(DoubleFunction<Range> candidates, double around, double atMost) {
    double bestFactor = around;
    double least = atMost;
    double left = around * SHRINK;
    double right = Math.min(1, around / SHRINK);
    double inner = right - GOLDEN * (right - left);
    double outer = left + GOLDEN * (right - left);
    double innerError = error(candidates.apply(inner));
    double outerError = error(candidates.apply(outer));
    for (int i = 0; i < REFINEMENTS; i++) {
      if (innerError < least) {
        least = innerError;
        bestFactor = inner;
      }
      if (outerError < least) {
        least = outerError;
        bestFactor = outer;
      }
      if (innerError < outerError) {
        right = outer;
        outer = inner;
        outerError = innerError;
        inner = right - GOLDEN * (right - left);
        innerError = error(candidates.apply(inner));
      } else {
        left = inner;
        inner = outer;
        innerError = outerError;
        outer = left + GOLDEN * (right - left);
        outerError = error(candidates.apply(outer));
      }
    }
    return candidates.apply(bestFactor);
  }

  private static Range scaled(Range range, double low, double high) {
    return new Range((float) (range.min() * low), (float) (range.max() * high));
  }

  /// The part of the error that clipping contributes at least: each value as if at the end of its
  /// bin next to the grid.
  private double clippingError(Range range) {
    ScaleChoice grid = rule.choose(range.min(), range.max());
    double low = lowEnd(grid);
    double high = highEnd(grid);
    double sum = 0;
    for (int bin = 0; bin < histogram.bins(); bin++) {
      double beyond = Math.max(low - histogram.edge(bin + 1), histogram.edge(bin) - high);
      if (beyond > 0) {
        sum += histogram.count(bin) * measure.of(beyond);
      }
    }
    return sum / total;
  }

  private double lowEnd(ScaleChoice grid) {
    return (rule.type().qmin() - grid.zeroPoint()) * (double) grid.scale();
  }

  private double highEnd(ScaleChoice grid) {
    return (rule.type().qmax() - grid.zeroPoint()) * (double) grid.scale();
  }

  private double antiderivative(double x, double scale, double low, double high) {
    double inside = Math.clamp(x, low, high);
    double steps = inside / scale;
    double nearest = Math.rint(steps);
    double offset = steps - nearest;
    double beyond = x - inside;
    return measure.antiderivative(scale, nearest, offset, beyond);
  }
}
