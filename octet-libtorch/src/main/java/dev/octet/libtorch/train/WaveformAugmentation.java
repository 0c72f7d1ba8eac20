package dev.octet.libtorch.train;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// What a recording survives: it starts earlier or later, is louder or softer, and hisses. What
/// leaves full scale, [-1, 1], is cut off as a recorder would.
///
/// @param maxShift most samples to move by, either way; what is moved in is silence
/// @param gainDb most decibels to amplify or weaken by
/// @param noise largest standard deviation of added white noise, full scale being 1; each recording
///     draws its own between 0 and this
public record WaveformAugmentation(int maxShift, double gainDb, double noise)
    implements Augmentation {
  /// @throws IllegalArgumentException when a strength is negative
  public WaveformAugmentation {
    if (maxShift < 0 || !(gainDb >= 0) || !(noise >= 0)) {
      throw new IllegalArgumentException("strengths of an augmentation are 0 or more");
    }
  }

  @Override
  public void apply(float[] sample, RandomGenerator random) {
    shift(sample, maxShift == 0 ? 0 : random.nextInt(-maxShift, maxShift + 1));
    float gain = (float) Math.pow(10, (2 * random.nextDouble() - 1) * gainDb / 20);
    float deviation = (float) (random.nextDouble() * noise);
    for (int i = 0; i < sample.length; i++) {
      sample[i] *= gain;
    }
    if (deviation > 0) {
      for (int i = 0; i < sample.length; i++) {
        sample[i] += deviation * (float) random.nextGaussian();
      }
    }
    for (int i = 0; i < sample.length; i++) {
      sample[i] = Math.clamp(sample[i], -1, 1);
    }
  }

  private static void shift(float[] sample, int by) {
    int distance = Math.min(Math.abs(by), sample.length);
    int kept = sample.length - distance;
    if (by > 0) {
      System.arraycopy(sample, 0, sample, distance, kept);
      Arrays.fill(sample, 0, distance, 0);
    } else if (by < 0) {
      System.arraycopy(sample, distance, sample, 0, kept);
      Arrays.fill(sample, kept, sample.length, 0);
    }
  }
}
