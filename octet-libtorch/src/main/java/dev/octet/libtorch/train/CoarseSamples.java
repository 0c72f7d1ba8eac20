package dev.octet.libtorch.train;

import java.util.random.RandomGenerator;

/// Rounds some samples to a coarse grid over [-1, 1], as an input quantized to few bits would be. A
/// network that has heard quiet recordings in eight bits loses nothing when its input is quantized.
///
/// @param bits of the grid, from 2 to 16
/// @param share of the samples that are rounded, in [0, 1]
public record CoarseSamples(int bits, double share) implements Augmentation {
  /// @throws IllegalArgumentException when a number lies outside its range
  public CoarseSamples {
    if (bits < 2 || bits > 16 || !(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("bits are 2 to 16, the share 0 to 1");
    }
  }

  @Override
  public void apply(float[] sample, RandomGenerator random) {
    if (random.nextDouble() >= share) {
      return;
    }
    float levels = 1 << (bits - 1);
    for (int i = 0; i < sample.length; i++) {
      sample[i] = (float) Math.clamp(Math.rint(sample[i] * levels), -levels, levels - 1) / levels;
    }
  }
}
