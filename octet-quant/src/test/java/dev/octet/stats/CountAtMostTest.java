package dev.octet.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A histogram of a part of the values has the shape of that of all, and their extremes.
class CountAtMostTest {
  private static final int SAMPLES = 50;
  private static final int CHANNELS = 24;
  private static final int SIZE = 4_000;
  private static final int MOST = 4_096;

  @Test
  void keepsExtremesAndShape() {
    HistogramCollector all = new HistogramCollector();
    HistogramCollector part = new HistogramCollector();
    part.countAtMost(MOST);
    for (int sample = 0; sample < SAMPLES; sample++) {
      float[] values = channels(sample);
      all.accept(values, sample);
      part.accept(values, sample);
    }
    assertThat(part.observed()).isEqualTo(all.observed());
    assertThat(part.count()).isEqualTo(all.count());
    assertThat(part.maxSample()).isEqualTo(all.maxSample());
    assertThat(part.histogram().total())
        .isBetween((long) (0.9 * SAMPLES * MOST), (long) (1.1 * SAMPLES * MOST));
    double width = all.observed().max() - all.observed().min();
    for (double quantile : new double[] {0.001, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999}) {
      assertThat(part.histogram().quantile(quantile))
          .as("quantile %s", quantile)
          .isCloseTo(all.histogram().quantile(quantile), within(0.01 * width));
    }
  }

  @Test
  void goesOnFromItsStateAndMerges() {
    HistogramCollector one = new HistogramCollector();
    one.countAtMost(MOST);
    HistogramCollector other = new HistogramCollector();
    other.countAtMost(MOST);
    HistogramCollector both = new HistogramCollector();
    both.countAtMost(MOST);
    one.accept(channels(0), 0);
    other.accept(channels(1), 1);
    both.accept(channels(0), 0);
    both.accept(channels(1), 1);
    Collector restored = one.state().restored();
    restored.merge(other);
    assertThat(restored.state()).isEqualTo(both.state());
  }

  @Test
  void countsSmallValuesWhole() {
    HistogramCollector all = new HistogramCollector();
    HistogramCollector part = new HistogramCollector();
    part.countAtMost(MOST);
    float[] few = Arrays.copyOf(channels(2), MOST);
    all.accept(few, 0);
    part.accept(few, 0);
    assertThat(part.state()).isEqualTo(all.state());
  }

  @Test
  void refusesToCountNextToNothing() {
    assertThatThrownBy(() -> new HistogramCollector().countAtMost(8))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// Channels that differ in scale and place, as a convolution's do.
  private static float[] channels(long seed) {
    Random random = new Random(seed);
    float[] values = new float[CHANNELS * SIZE];
    for (int i = 0; i < values.length; i++) {
      int channel = i / SIZE;
      values[i] = (float) random.nextGaussian(channel % 5 - 2.0, 0.2 + channel % 7);
    }
    return values;
  }
}
