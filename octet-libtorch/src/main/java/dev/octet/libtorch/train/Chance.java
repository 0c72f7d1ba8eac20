package dev.octet.libtorch.train;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Randomness that depends on the seed and the place in the training alone, so that training can go
/// on anywhere as if it had never stopped.
final class Chance {
  private static final long STEP = 0xBF58476D1CE4E5B9L;
  private static final long EPOCH = 0x94D049BB133111EBL;

  private Chance() {}

  /// For what happens in one step.
  static SplittableRandom ofStep(long seed, long step) {
    return mixed(seed ^ (step + 1) * STEP);
  }

  /// The order of an epoch's samples.
  static int[] order(long seed, int epoch, int size) {
    SplittableRandom random = mixed(seed ^ (epoch + 1) * EPOCH);
    int[] order = new int[size];
    for (int i = 0; i < order.length; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }

  /// A beta variate with both parameters alike, as the share of the first of two gamma variates.
  static double beta(double shape, RandomGenerator random) {
    double first = gamma(shape, random);
    return first / (first + gamma(shape, random));
  }

  /// A gamma variate ("A Simple Method for Generating Gamma Variables", Marsaglia and Tsang).
  private static double gamma(double shape, RandomGenerator random) {
    if (shape < 1) {
      return gamma(shape + 1, random) * Math.pow(random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double normal = random.nextGaussian();
      double cube = Math.pow(1 + c * normal, 3);
      if (cube > 0
          && Math.log(random.nextDouble())
              < normal * normal / 2 + d - d * cube + d * Math.log(cube)) {
        return d * cube;
      }
    }
  }

  private static SplittableRandom mixed(long seed) {
    return new SplittableRandom(new SplittableRandom(seed).nextLong());
  }
}
