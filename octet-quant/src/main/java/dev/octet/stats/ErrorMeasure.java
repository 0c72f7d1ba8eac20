package dev.octet.stats;

/// What is held against a grid. Below, `n = rint(x/s)` and `d = x/s - n` for an `x` inside the
/// grid, and `o` is how far `x` lies outside, with its sign.
public enum ErrorMeasure {
  /// `G = s^3 (n/12 + d^3/3) + o^3/3`: the interval around each multiple contributes `s^3/12`.
  SQUARED {
    @Override
    double antiderivative(double scale, double nearest, double offset, double beyond) {
      return scale * scale * scale * (nearest / 12 + offset * offset * offset / 3)
          + beyond * beyond * beyond / 3;
    }

    @Override
    double of(double distance) {
      return distance * distance;
    }
  },

  /// `G = s^2 (n/4 + d|d|/2) + o|o|/2`: the interval around each multiple contributes `s^2/4`.
  ABSOLUTE {
    @Override
    double antiderivative(double scale, double nearest, double offset, double beyond) {
      return scale * scale * (nearest / 4 + offset * Math.abs(offset) / 2)
          + beyond * Math.abs(beyond) / 2;
    }

    @Override
    double of(double distance) {
      return distance;
    }
  };

  abstract double antiderivative(double scale, double nearest, double offset, double beyond);

  /// @param distance not negative
  abstract double of(double distance);
}
