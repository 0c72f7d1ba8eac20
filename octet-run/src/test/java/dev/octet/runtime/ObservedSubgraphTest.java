package dev.octet.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.calibrate.CalibrationOptions;
import dev.octet.calibrate.Calibrator;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.OnnxText;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Values inside `If`, `Loop` and `Scan` bodies, seen from outside.
class ObservedSubgraphTest {
  private static final Model BRANCHES =
      OnnxText.parse(
          """
          <ir_version: 8, opset_import: ["" : 17]>
          agraph (float[N] x, bool up) => (float[N] y)
          <float[1] two = {2}, float[1] three = {3}>
          {
            [choice] y = If <
              then_branch = yes () => (float[N] p) {
                [double] d = Mul (x, two)
                [same] p = Identity (d)
              },
              else_branch = no () => (float[N] q) {
                [treble] d = Mul (x, three)
                [inner] q = If <
                  then_branch = a () => (float[N] r) { r = Neg (d) },
                  else_branch = b () => (float[N] s) { e = Abs (d) s = Neg (e) }
                > (up)
              }
            > (up)
          }
          """);

  private static final Model LOOP =
      OnnxText.parse(
          """
          <ir_version: 8, opset_import: ["" : 17]>
          agraph (float[2] x, int64 n, bool go) => (float[2] y)
          <float[1] two = {2}>
          {
            [rounds] y = Loop <
              body = round (int64 i, bool on, float[2] state) => (bool still, float[2] next) {
                still = Identity (on)
                next = Mul (state, two)
              }
            > (n, go, x)
          }
          """);

  private static final Model SCAN =
      OnnxText.parse(
          """
          <ir_version: 8, opset_import: ["" : 17]>
          agraph (float[2] start, float[3,2] rows) => (float[2] end, float[3,2] sums)
          {
            [walk] end, sums = Scan <
              num_scan_inputs = 1, scan_output_axes = [0],
              body = step (float[2] state, float[2] row) => (float[2] next, float[2] out) {
                next = Add (state, row)
                half = Neg (next)
                out = Identity (next)
              }
            > (start, rows)
          }
          """);

  @Test
  void seesTheBranchThatIsTakenAndNothingOfTheOther() {
    Set<String> values =
        Set.of(
            "choice.then_branch/d",
            "choice.else_branch/d",
            "choice.else_branch/inner.else_branch/e");
    try (InferenceSession session = TinyModels.open(BRANCHES)) {
      Map<String, Tensor> taken = session.run(branch(true, 1, -2), values);
      assertThat(taken).containsOnlyKeys(with("y", values));
      assertThat(taken.get("choice.then_branch/d"))
          .isEqualTo(DenseTensor.ofFloats(new float[] {2, -4}, 2));
      assertThat(Objects.requireNonNull(taken.get("choice.else_branch/d")).dims())
          .containsExactly(0L);
      Map<String, Tensor> other = session.run(branch(false, 1, -2), values);
      assertThat(Objects.requireNonNull(other.get("choice.then_branch/d")).dims())
          .containsExactly(0L);
      assertThat(other.get("choice.else_branch/inner.else_branch/e"))
          .isEqualTo(DenseTensor.ofFloats(new float[] {3, 6}, 2));
      assertThat(other.get("y")).isEqualTo(DenseTensor.ofFloats(new float[] {-3, -6}, 2));
    }
  }

  @Test
  void seesEveryIterationOfALoopAndAScan() {
    try (InferenceSession session = TinyModels.open(LOOP)) {
      Map<String, Tensor> feed =
          Map.of(
              "x", DenseTensor.ofFloats(new float[] {1, -1}, 2),
              "n", DenseTensor.ofLongs(new long[] {3}),
              "go", bool(true));
      assertThat(session.run(feed, Set.of("rounds.body/state")).get("rounds.body/state"))
          .isEqualTo(DenseTensor.ofFloats(new float[] {1, -1, 2, -2, 4, -4}, 3, 2));
    }
    try (InferenceSession session = TinyModels.open(SCAN)) {
      Map<String, Tensor> feed =
          Map.of(
              "start", DenseTensor.ofFloats(new float[] {1, 1}, 2),
              "rows", DenseTensor.ofFloats(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
      assertThat(session.run(feed, Set.of("walk.body/half")).get("walk.body/half"))
          .isEqualTo(DenseTensor.ofFloats(new float[] {-2, -3, -5, -7, -10, -13}, 3, 2));
    }
  }

  @Test
  void calibratesValuesOfBothBranches() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      samples.add(Sample.unlabelled("s" + i, branch(i % 2 == 0, i, -1)));
    }
    CalibrationNeeds needs =
        new CalibrationNeeds(
            Stream.of("x", "choice.then_branch/d", "choice.else_branch/d", "up")
                .map(
                    value ->
                        new CalibrationNeeds.Need(
                            value,
                            CalibrationMethod.minMax(),
                            GridRule.asymmetric(QuantType.UINT8)))
                .toList());
    CalibrationTable table =
        Calibrator.run(
            BRANCHES,
            "branches",
            needs,
            SampleSource.of(List.of(), samples),
            CalibrationOptions.DEFAULT,
            Progress.NONE);
    assertThat(table.entries().keySet())
        .as("booleans have no range")
        .containsExactly("x", "choice.then_branch/d", "choice.else_branch/d");
    assertThat(table.range("x")).contains(new Range(-1, 5));
    assertThat(table.range("choice.then_branch/d")).contains(new Range(-2, 8));
    assertThat(table.range("choice.else_branch/d")).contains(new Range(-3, 15));
    assertThat(
            Objects.requireNonNull(table.entries().get("choice.else_branch/d"))
                .observed()
                .provenance()
                .orElseThrow())
        .isEqualTo(
            new CalibrationTable.Provenance(
                new CalibrationTable.Witness(1, "s1"), new CalibrationTable.Witness(5, "s5")));
  }

  private static Set<String> with(String name, Set<String> others) {
    Set<String> all = new HashSet<>(others);
    all.add(name);
    return all;
  }

  private static Map<String, Tensor> branch(boolean up, float... x) {
    return Map.of("x", DenseTensor.ofFloats(x, x.length), "up", bool(up));
  }

  private static Tensor bool(boolean value) {
    return DenseTensor.ofBytes(DataType.BOOL, new byte[] {(byte) (value ? 1 : 0)});
  }
}
