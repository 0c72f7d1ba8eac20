package dev.octet.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.octet.numeric.AffineKernels;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.numeric.Symmetry;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RangeEstimatorTest {
  private static final GridRule INT8 = GridRule.asymmetric(QuantType.INT8);
  private static final GridRule INT8_SYMMETRIC = GridRule.symmetric(QuantType.INT8);
  private static final GridRule INT4_SYMMETRIC = GridRule.symmetric(QuantType.INT4);

  private static final List<RangeEstimator> ON_HISTOGRAMS =
      List.of(
          new RangeEstimator.MinMax(),
          new RangeEstimator.Percentile(99.99, Symmetry.ASYMMETRIC),
          new RangeEstimator.Percentile(99.99, Symmetry.SYMMETRIC),
          new RangeEstimator.Entropy(INT8),
          new RangeEstimator.Entropy(INT8_SYMMETRIC),
          new RangeEstimator.ErrorOptimal(INT8, ErrorMeasure.SQUARED),
          new RangeEstimator.ErrorOptimal(INT8_SYMMETRIC, ErrorMeasure.SQUARED),
          new RangeEstimator.ErrorOptimal(
              GridRule.asymmetric(QuantType.UINT16), ErrorMeasure.SQUARED),
          new RangeEstimator.ErrorOptimal(INT4_SYMMETRIC, ErrorMeasure.SQUARED));

  @Property(tries = 40, seed = "20261124")
  void rangesHoldZeroAndStayWithinWhatWasObserved(@ForAll Random random) {
    float shift = (float) random.nextGaussian() * 3;
    HistogramCollector collector = new HistogramCollector();
    collector.accept(gaussian(random, 1 + random.nextInt(3000), 1f, shift), 0);
    Range observed = collector.observed().includingZero();
    for (RangeEstimator estimator : ON_HISTOGRAMS) {
      Range range = estimator.estimate(collector);
      assertThat(range.min()).as(estimator.name()).isBetween(observed.min(), 0f);
      assertThat(range.max()).as(estimator.name()).isBetween(0f, observed.max());
    }
  }

  @Test
  void aConstantZeroHasARangeToo() {
    HistogramCollector collector = new HistogramCollector();
    collector.accept(new float[100], 0);
    for (RangeEstimator estimator : ON_HISTOGRAMS) {
      assertThat(estimator.estimate(collector)).as(estimator.name()).isEqualTo(new Range(0, 0));
    }
  }

  @Test
  void percentilesMatchTheDistribution() {
    HistogramCollector collector = new HistogramCollector();
    collector.accept(gaussian(new Random(1), 1_000_000, 1f, 0), 0);
    Range twoSided = new RangeEstimator.Percentile(99, Symmetry.ASYMMETRIC).estimate(collector);
    assertThat(twoSided.min()).isCloseTo(-2.576f, within(0.02f));
    assertThat(twoSided.max()).isCloseTo(2.576f, within(0.02f));
    Range symmetric = new RangeEstimator.Percentile(95, Symmetry.SYMMETRIC).estimate(collector);
    assertThat(symmetric.max()).isCloseTo(1.960f, within(0.01f));
    assertThat(symmetric.min()).isEqualTo(-symmetric.max());
  }

  @Test
  void errorOptimalFindsTheKnownClippingPointOfANormalDistribution() {
    HistogramCollector collector = new HistogramCollector();
    collector.accept(gaussian(new Random(2), 2_000_000, 1f, 0), 0);
    // Optimal uniform quantizers of a unit normal (Max 1960; Banner et al. 2019): clipping at about
    // 2.6 deviations with 16 levels and 3.9 with 256.
    float four =
        new RangeEstimator.ErrorOptimal(INT4_SYMMETRIC, ErrorMeasure.SQUARED)
            .estimate(collector)
            .max();
    assertThat(four).isBetween(2.35f, 2.75f);
    float eight =
        new RangeEstimator.ErrorOptimal(INT8_SYMMETRIC, ErrorMeasure.SQUARED)
            .estimate(collector)
            .max();
    assertThat(eight).isBetween(3.7f, 4.2f);
  }

  @Test
  void expectedErrorIsTheErrorOfQuantizing() {
    Random random = new Random(3);
    float[] values = gaussian(random, 200_000, 1f, 0.3f);
    HistogramCollector collector = new HistogramCollector();
    collector.accept(values, 0);
    for (GridRule rule : List.of(INT8, INT8_SYMMETRIC, INT4_SYMMETRIC)) {
      for (Range range : List.of(new Range(-1, 2), new Range(-4, 5), new Range(-0.1f, 0.1f))) {
        double expected =
            new RangeEstimator.ErrorOptimal(rule, ErrorMeasure.SQUARED)
                .expectedError(collector, range);
        assertThat(measured(values, rule, range)).isCloseTo(expected, within(0.02 * expected));
      }
    }
  }

  @Test
  void errorOptimalBeatsMinMaxWhereOutliersWidenTheRange() {
    float[] values = gaussian(new Random(4), 100_000, 1f, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0f, values[i]);
    }
    values[500] = 100f;
    HistogramCollector collector = new HistogramCollector();
    collector.accept(values, 0);
    RangeEstimator.ErrorOptimal estimator =
        new RangeEstimator.ErrorOptimal(INT8, ErrorMeasure.SQUARED);
    Range best = estimator.estimate(collector);
    Range all = new RangeEstimator.MinMax().estimate(collector);
    assertThat(best.min()).isZero();
    assertThat(best.max()).isLessThan(all.max());
    assertThat(measured(values, INT8, best)).isLessThan(measured(values, INT8, all));
  }

  @Test
  void uniformValuesAreNotClipped() {
    Random random = new Random(5);
    float[] values = new float[500_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat(-1f, 1f);
    }
    HistogramCollector collector = new HistogramCollector();
    collector.accept(values, 0);
    for (RangeEstimator estimator :
        List.of(
            new RangeEstimator.ErrorOptimal(INT8, ErrorMeasure.SQUARED),
            new RangeEstimator.ErrorOptimal(INT8_SYMMETRIC, ErrorMeasure.SQUARED),
            new RangeEstimator.Entropy(INT8_SYMMETRIC),
            new RangeEstimator.Entropy(INT8))) {
      Range range = estimator.estimate(collector);
      assertThat(range.max()).as(estimator.name()).isGreaterThan(0.97f);
      assertThat(range.min()).as(estimator.name()).isLessThan(-0.97f);
    }
  }

  @Test
  void entropyClipsLongTailsButKeepsTheBody() {
    Random random = new Random(6);
    float[] values = new float[500_000];
    for (int i = 0; i < values.length; i++) {
      double laplace = Math.log(1 - random.nextDouble());
      values[i] = (float) (random.nextBoolean() ? laplace : -laplace);
    }
    values[0] = 60f;
    HistogramCollector collector = new HistogramCollector();
    collector.accept(values, 0);
    for (GridRule rule : List.of(INT8, INT8_SYMMETRIC)) {
      Range range = new RangeEstimator.Entropy(rule).estimate(collector);
      assertThat(range.max()).as(rule.toString()).isBetween(3f, 30f);
    }
  }

  @Test
  void movingAverageNeedsItsOwnStatistics() {
    RangeEstimator average = new RangeEstimator.MovingAverage(0.5);
    Collector collector = average.newCollector();
    collector.accept(new float[] {-1, 2}, 0);
    collector.accept(new float[] {-3, 4}, 1);
    assertThat(average.estimate(collector)).isEqualTo(new Range(-2, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> average.estimate(new MinMaxCollector()))
        .withMessageContaining("moving-average");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RangeEstimator.Entropy(INT8).estimate(new MinMaxCollector()));
  }

  @Test
  void nothingObservedGivesNoRange() {
    assertThatIllegalStateException()
        .isThrownBy(() -> new RangeEstimator.MinMax().estimate(new MinMaxCollector()));
    assertThatIllegalStateException()
        .isThrownBy(() -> new RangeEstimator.Entropy(INT8).estimate(new HistogramCollector()));
  }

  private static double measured(float[] values, GridRule rule, Range range) {
    ScaleChoice grid = rule.choose(range.min(), range.max());
    float[] real = new float[values.length];
    AffineKernels.fakeQuantize(values, 0, values.length, rule.type(), grid, real, 0);
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      double error = real[i] - values[i];
      sum += error * error;
    }
    return sum / values.length;
  }

  private static float[] gaussian(Random random, int size, float deviation, float mean) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() * deviation + mean;
    }
    return values;
  }
}
