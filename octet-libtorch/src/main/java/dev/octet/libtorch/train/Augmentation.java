package dev.octet.libtorch.train;

import java.util.random.RandomGenerator;

/// A random change that leaves a sample's label as it is.
@FunctionalInterface
public interface Augmentation {
  /// Changes nothing.
  Augmentation NONE = (sample, random) -> {};

  /// Changes one sample in place.
  ///
  /// @param sample its values, row-major
  /// @param random the only source of chance: the same state gives the same change
  void apply(float[] sample, RandomGenerator random);

  /// This change, then another.
  default Augmentation then(Augmentation next) {
    return (sample, random) -> {
      apply(sample, random);
      next.apply(sample, random);
    };
  }
}
