package dev.octet.libtorch.train;

/// How fast to learn, step by step.
public sealed interface LearningRate {
  /// The rate of a step.
  ///
  /// @param step from 0
  /// @param steps how many there will be
  double at(long step, long steps);

  /// The same course with another highest rate.
  default LearningRate withPeak(double peak) {
    return switch (this) {
      case Constant _ -> new Constant(peak);
      case OneCycle(double _, double rise) -> new OneCycle(peak, rise);
      case CosineWithWarmUp(double _, double warmUp, double floor) ->
          new CosineWithWarmUp(peak, warmUp, floor);
    };
  }

  /// The same rate throughout.
  record Constant(double rate) implements LearningRate {
    @Override
    public double at(long step, long steps) {
      return rate;
    }
  }

  /// Rises from a twenty-fifth of the peak along a cosine, then falls along another nearly to zero
  /// ("Super-Convergence", Smith and Topin, arXiv 1708.07120).
  ///
  /// @param peak highest rate
  /// @param rise share of the steps before the peak, in [0, 1)
  record OneCycle(double peak, double rise) implements LearningRate {
    private static final double START = 1 / 25.0;
    private static final double END = START / 1e4;

    @Override
    public double at(long step, long steps) {
      double turn = Math.max(rise * steps - 1, 0);
      if (step < turn) {
        return peak * between(START, 1, step / turn);
      }
      double rest = Math.max(steps - 1 - turn, 1);
      return peak * between(1, END, (step - turn) / rest);
    }
  }

  /// Rises linearly from zero, then falls along a cosine to `floor`.
  ///
  /// @param peak highest rate
  /// @param warmUp share of the steps before the peak, in [0, 1)
  /// @param floor lowest rate at the end, as a share of the peak
  record CosineWithWarmUp(double peak, double warmUp, double floor) implements LearningRate {
    @Override
    public double at(long step, long steps) {
      double turn = warmUp * steps;
      if (step < turn) {
        return peak * (step + 1) / Math.max(turn, 1);
      }
      return peak * between(1, floor, (step - turn) / Math.max(steps - turn, 1));
    }
  }

  private static double between(double from, double to, double progress) {
    return to + (from - to) * (1 + Math.cos(Math.PI * Math.min(progress, 1))) / 2;
  }
}
