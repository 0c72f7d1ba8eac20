package dev.octet.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Ranges against what numpy finds in the same numbers by plain means: quantiles of sorted values,
/// the least error of a fine search with real quantization, the entropy search written out.
/// `conformance/python/make_calibration_goldens.py` made the figures.
class NumpyGoldenTest {
  private static final int HALF = 20_000;
  private static final GridRule ASYMMETRIC = GridRule.asymmetric(QuantType.INT8);
  private static final GridRule SYMMETRIC = GridRule.symmetric(QuantType.INT8);

  /// Errors a fine but finite search may miss the least by, and ours may lose to bins.
  private static final double SLACK = 1.02;

  @TestFactory
  List<DynamicTest> agreesWithNumpy() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (InputStream golden =
        Objects.requireNonNull(getClass().getResourceAsStream("/calibration/statistics.txt"))) {
      new String(golden.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split(" "))
          .forEach(
              row -> tests.add(DynamicTest.dynamicTest(row[0] + " " + row[1], () -> check(row))));
    }
    assertThat(tests).hasSize(40);
    return tests;
  }

  private static void check(String[] row) {
    float[] values = values(row[0]);
    HistogramCollector seen = new HistogramCollector();
    seen.accept(values, 0);
    double golden = Double.parseDouble(row[2]);
    double bin = seen.histogram().binWidth();
    switch (row[1]) {
      // A Relu's zeros count at the middle of the first bin.
      case "mean" -> assertThat(seen.histogram().spread().mean()).isCloseTo(golden, within(bin));
      case "std" -> assertThat(seen.histogram().spread().std()).isCloseTo(golden, within(bin));
      case "percentile99" -> {
        Range range = new RangeEstimator.Percentile(99, Symmetry.ASYMMETRIC).estimate(seen);
        assertThat((double) range.min()).isCloseTo(golden, within(2 * bin));
        assertThat((double) range.max()).isCloseTo(Double.parseDouble(row[3]), within(2 * bin));
      }
      case "mse-asymmetric" -> checkError(values, seen, 2, ASYMMETRIC, golden);
      case "mse-symmetric" -> checkError(values, seen, 2, SYMMETRIC, golden);
      case "mae-asymmetric" -> checkError(values, seen, 1, ASYMMETRIC, golden);
      case "mae-symmetric" -> checkError(values, seen, 1, SYMMETRIC, golden);
      case "entropy" -> {
        Range range = new RangeEstimator.Entropy(ASYMMETRIC).estimate(seen);
        float largest = Math.max(-seen.observed().min(), seen.observed().max());
        assertThat((double) Math.max(-range.min(), range.max()))
            .isEqualTo(Math.min(golden, largest));
      }
      default -> throw new AssertionError(row[1]);
    }
  }

  private static void checkError(
      float[] values, Collector seen, int power, GridRule rule, double least) {
    RangeEstimator estimator =
        power == 2
            ? new RangeEstimator.ErrorOptimal(rule, ErrorMeasure.SQUARED)
            : new RangeEstimator.ErrorOptimal(rule, ErrorMeasure.ABSOLUTE);
    Range range = estimator.estimate(seen);
    double scale = rule.choose(range.min(), range.max()).scale();
    int zero = rule.choose(range.min(), range.max()).zeroPoint();
    int qmin = rule.symmetry() == Symmetry.SYMMETRIC ? -127 : -128;
    double sum = 0;
    for (float value : values) {
      double code = Math.clamp(Math.rint(value / scale) + zero, qmin, 127);
      sum += Math.pow(Math.abs(value - (code - zero) * scale), power);
    }
    assertThat(sum / values.length).isLessThanOrEqualTo(least * SLACK);
  }

  /// The same numbers as in the script.
  private static float[] values(String name) {
    double[] uniform = new double[2 * HALF];
    long state = 1;
    for (int i = 0; i < uniform.length; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      uniform[i] = (state >>> 40) / (double) (1 << 24);
    }
    float[] values = new float[HALF];
    for (int i = 0; i < HALF; i++) {
      double a = uniform[i];
      double b = uniform[HALF + i];
      double laplace = (b < 0.5 ? 1 : -1) * Math.log(1 - a) * 0.7;
      double normal = Math.sqrt(-2 * Math.log(1 - a)) * Math.cos(2 * Math.PI * b);
      values[i] =
          (float)
              switch (name) {
                case "laplace" -> laplace;
                case "relu" -> Math.max(laplace, 0);
                case "uniform" -> 6 * a - 2;
                case "normal" -> 3 * normal + 1;
                default -> normal;
              };
    }
    if (name.equals("outlier")) {
      values[7] = 40;
    }
    return values;
  }
}
