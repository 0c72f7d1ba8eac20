package dev.octet.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CollectorPropertiesTest {

  @Property(tries = 200, seed = "20261124")
  void histogramsDoNotDependOnBatchingOrOrder(@ForAll Random random) {
    List<float[]> samples = samples(random);
    HistogramCollector whole = new HistogramCollector();
    for (int i = 0; i < samples.size(); i++) {
      whole.accept(samples.get(i), i);
    }

    List<HistogramCollector> parts = new ArrayList<>();
    for (int worker = 0; worker < 3; worker++) {
      parts.add(new HistogramCollector());
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    for (int index : order) {
      float[] sample = samples.get(index);
      HistogramCollector part = parts.get(random.nextInt(parts.size()));
      int cut = random.nextInt(sample.length + 1);
      part.accept(sample, 0, cut, index);
      part.accept(sample, cut, sample.length - cut, index);
    }
    Collections.shuffle(parts, random);
    HistogramCollector merged = new HistogramCollector();
    parts.forEach(merged::merge);

    assertThat(merged.histogram()).isEqualTo(whole.histogram());
    assertSameExtremes(merged, whole);
  }

  @Property(tries = 100, seed = "20261124")
  void mergingIsAssociative(@ForAll Random random) {
    long seed = random.nextLong();
    HistogramCollector left = mergedLeft(three(seed));
    HistogramCollector right = mergedRight(three(seed));
    assertThat(left.histogram()).isEqualTo(right.histogram());
    assertSameExtremes(left, right);
  }

  @Property(tries = 100, seed = "20261124")
  void binsHoldExactlyTheValuesBetweenTheirEdges(@ForAll Random random) {
    HistogramCollector collector = new HistogramCollector();
    List<float[]> samples = samples(random);
    for (float[] sample : samples) {
      collector.accept(sample, 0);
    }
    Histogram histogram = collector.histogram();
    long[] expected = new long[histogram.bins()];
    for (float[] sample : samples) {
      for (float value : sample) {
        double steps = value / histogram.binWidth();
        // Each bin owns the end nearer to 0; negative zero counts as negative.
        boolean negative = value < 0 || 1 / value < 0;
        long bin = negative ? -1 - (long) Math.floor(-steps) : (long) Math.floor(steps);
        expected[(int) (bin - histogram.firstBin())]++;
      }
    }
    assertThat(histogram.counts()).isEqualTo(expected);
    assertThat(histogram.total()).isEqualTo(collector.count());
    double reach = Math.max(-histogram.edge(0), histogram.edge(histogram.bins()));
    assertThat(reach / histogram.binWidth()).isBetween(2048.0, 4096.0);
  }

  @Property(tries = 100, seed = "20261124")
  void segmentsAndArraysAreTheSame(@ForAll Random random, @ForAll @IntRange(max = 9000) int size) {
    float[] values = gaussian(random, size, 3);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment floats = arena.allocate(4L * size + 1).asSlice(1, 4L * size);
      ValueLayout.OfFloat layout =
          ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
      MemorySegment.copy(values, 0, floats, layout, 0, size);
      HistogramCollector fromSegment = new HistogramCollector();
      fromSegment.accept(floats, 7);
      HistogramCollector fromArray = new HistogramCollector();
      fromArray.accept(values, 7);
      assertThat(fromSegment.count()).isEqualTo(size);
      if (size > 0) {
        assertThat(fromSegment.histogram()).isEqualTo(fromArray.histogram());
        assertSameExtremes(fromSegment, fromArray);
      }
    }
  }

  @Property(tries = 200, seed = "20261124")
  void movingAveragesFollowTheirFormulaWhateverTheOrderOfCallsAndMerges(@ForAll Random random) {
    double constant = 0.01 + 0.9 * random.nextDouble();
    MovingAverageCollector whole = new MovingAverageCollector(constant);
    List<MovingAverageCollector> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      parts.add(new MovingAverageCollector(constant));
    }
    int size = random.nextInt(2, 60);
    List<float[]> samples = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    double expected = 0;
    for (int i = 0; i < size; i++) {
      float[] sample = gaussian(random, 5, 2);
      samples.add(sample);
      order.add(i);
      whole.accept(sample, i);
      if (random.nextBoolean()) {
        whole.settleBefore(random.nextInt(i + 1));
      }
      double max = largest(sample);
      expected = i == 0 ? max : expected + constant * (max - expected);
    }
    Collections.shuffle(order, random);
    for (int i : order) {
      MovingAverageCollector part = parts.get(random.nextInt(3));
      int cut = random.nextInt(6);
      part.accept(samples.get(i), cut, 5 - cut, i);
      parts.get(random.nextInt(3)).accept(samples.get(i), 0, cut, i);
    }
    MovingAverageCollector merged = new MovingAverageCollector(constant);
    parts.forEach(merged::merge);
    assertThat((double) whole.average().max()).isCloseTo(expected, within(1e-5));
    assertThat(merged.average()).isEqualTo(whole.average());
    merged.settleBefore(random.nextInt(size + 1));
    assertThat(merged.average()).isEqualTo(whole.average());
    assertSameExtremes(merged, whole);
  }

  @Test
  void aMovingAverageRefusesSamplesThatComeTooLate() {
    MovingAverageCollector average = new MovingAverageCollector(0.1);
    average.accept(new float[] {1}, 0);
    average.settleBefore(5);
    assertThatIllegalArgumentException().isThrownBy(() -> average.accept(new float[] {1}, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> average.merge(average.state().restored()));
  }

  @Property(tries = 200, seed = "20261124")
  void goingOnFromAStateIsAsIfNothingHadHappened(@ForAll Random random) {
    for (Collector whole :
        List.of(new MinMaxCollector(), new HistogramCollector(), new MovingAverageCollector(0.2))) {
      List<float[]> samples = samples(random);
      int cut = random.nextInt(samples.size() + 1);
      Collector first = whole.state().restored();
      for (int i = 0; i < samples.size(); i++) {
        whole.accept(samples.get(i), i);
        if (i < cut) {
          first.accept(samples.get(i), i);
        }
      }
      Collector resumed = first.state().restored();
      assertThat(resumed.state()).isEqualTo(first.state());
      for (int i = cut; i < samples.size(); i++) {
        resumed.accept(samples.get(i), i);
      }
      assertThat(resumed.state()).isEqualTo(whole.state());
    }
  }

  @Property(tries = 400, seed = "20261124")
  void impossibleStatesAreRefused(@ForAll Random random) {
    HistogramCollector collector = new HistogramCollector();
    collector.accept(gaussian(random, 100, 3), 0);
    CollectorState.Counted good = (CollectorState.Counted) collector.state();
    Histogram histogram = good.histogram();
    long[] counts = histogram.counts();
    Histogram bad =
        switch (random.nextInt(4)) {
          case 0 ->
              new Histogram(
                  Math.scalb(histogram.binWidth(), random.nextInt(1, 9)),
                  histogram.firstBin(),
                  counts);
          case 1 -> new Histogram(histogram.binWidth(), -random.nextInt(4097, 9000), counts);
          case 2 -> {
            int bin = random.nextInt(counts.length);
            counts[bin] = random.nextBoolean() ? counts[bin] + 1 : -1;
            yield new Histogram(histogram.binWidth(), histogram.firstBin(), counts);
          }
          default -> new Histogram(histogram.binWidth(), 0, new long[8193]);
        };
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CollectorState.Counted(good.extremes(), bad).restored());
  }

  @Test
  void nonFiniteValuesAreCountedAndLeftOut() {
    for (Collector collector :
        List.of(new MinMaxCollector(), new HistogramCollector(), new MovingAverageCollector(0.1))) {
      float[] values = new float[5000];
      Arrays.fill(values, 1f);
      values[0] = -2f;
      collector.accept(values, 3);
      values[4321] = Float.NaN;
      values[17] = Float.NEGATIVE_INFINITY;
      collector.accept(values, 9);
      collector.accept(values, 5);
      assertThat(collector.nonFinite()).isEqualTo(4);
      assertThat(collector.firstNonFiniteSample()).hasValue(5);
      assertThat(collector.count()).isEqualTo(3 * 5000 - 4);
      assertThat(collector.observed()).isEqualTo(new Range(-2, 1));
      assertThat(collector.minSample()).hasValue(3);
    }
  }

  @Test
  void valuesThatAreAllNonFiniteLeaveNothingObserved() {
    HistogramCollector collector = new HistogramCollector();
    collector.accept(new float[] {Float.NaN, Float.POSITIVE_INFINITY}, 0);
    assertThat(collector.count()).isZero();
    assertThat(collector.minSample()).isEmpty();
    assertThatIllegalStateException().isThrownBy(collector::observed);
  }

  @Test
  void histogramsCoverTheWholeRangeOfFloats() {
    HistogramCollector collector = new HistogramCollector();
    collector.accept(new float[] {Float.MIN_VALUE, -Float.MIN_VALUE, 0f, 1f}, 0);
    collector.accept(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE}, 1);
    Histogram histogram = collector.histogram();
    assertThat(histogram.bins()).isEqualTo(8192);
    assertThat(histogram.count(0)).isEqualTo(1);
    assertThat(histogram.count(8191)).isEqualTo(1);
    assertThat(histogram.count(4096)).isEqualTo(3);
    assertThat(histogram.count(4095)).isEqualTo(1);
  }

  @Test
  void differentKindsDoNotMerge() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MinMaxCollector().merge(new HistogramCollector()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MovingAverageCollector(0.1).merge(new MovingAverageCollector(0.2)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MinMaxCollector().accept(MemorySegment.ofArray(new byte[6]), 0));
  }

  private static List<HistogramCollector> three(long seed) {
    Random random = new Random(seed);
    List<HistogramCollector> collectors = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      HistogramCollector collector = new HistogramCollector();
      collector.accept(gaussian(random, 100, (float) Math.pow(10, i)), i);
      collectors.add(collector);
    }
    return collectors;
  }

  private static HistogramCollector mergedLeft(List<HistogramCollector> parts) {
    parts.get(0).merge(parts.get(1));
    parts.get(0).merge(parts.get(2));
    return parts.get(0);
  }

  private static HistogramCollector mergedRight(List<HistogramCollector> parts) {
    parts.get(1).merge(parts.get(2));
    parts.get(0).merge(parts.get(1));
    return parts.get(0);
  }

  private static List<float[]> samples(Random random) {
    List<float[]> samples = new ArrayList<>();
    int count = random.nextInt(1, 12);
    for (int i = 0; i < count; i++) {
      float[] sample =
          gaussian(random, random.nextInt(1, 3000), (float) Math.pow(10, random.nextInt(-8, 8)));
      if (random.nextBoolean()) {
        for (int j = 0; j < sample.length; j++) {
          sample[j] = Math.max(0f, sample[j]);
        }
      }
      samples.add(sample);
    }
    return samples;
  }

  private static float[] gaussian(Random random, int size, float deviation) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() * deviation;
    }
    return values;
  }

  private static float largest(float[] values) {
    float largest = values[0];
    for (float value : values) {
      largest = Math.max(largest, value);
    }
    return largest;
  }

  private static void assertSameExtremes(Collector actual, Collector expected) {
    assertThat(actual.count()).isEqualTo(expected.count());
    assertThat(actual.observed()).isEqualTo(expected.observed());
    assertThat(actual.minSample()).isEqualTo(expected.minSample());
    assertThat(actual.maxSample()).isEqualTo(expected.maxSample());
  }
}
