package dev.octet.align.layers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.align.Tolerance;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.numeric.GridSteps;
import dev.octet.observe.OnnxObservation;
import dev.octet.observe.Recording;
import dev.octet.runtime.Progress;
import dev.octet.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Values of branches and bodies, compared round by round.
class BodiesTest {
  /// Doubles `x` and adds 1 while the sum is below 40, at most `most` times.
  private static final String LOOP =
      """
      <ir_version: 8, opset_import: ["" : 17]>
      net (float[2] x) => (float[2] y, float[N,2] rows)
      <int64 most = {9}, bool yes = {1}, float limit = {40}>
      {
         y, rows = Loop <body = round
           (int64 i, bool go, float[2] s) => (bool on, float[2] next, float[2] row)
           <float two = {2}, float one = {1}>
           {
              double = Mul (s, two)
              next = Add (double, one)
              sum = ReduceSum <keepdims = 0> (next)
              on = Less (sum, limit)
              row = Identity (double)
           }> (most, yes, x)
      }
      """;

  private static final String BRANCHES =
      """
      <ir_version: 8, opset_import: ["" : 17]>
      net (float[2] x) => (float[2] y)
      <float zero = {0}, float two = {2}, float three = {3}>
      {
         sum = ReduceSum <keepdims = 0> (x)
         up = Greater (sum, zero)
         y = If (up) <
           then_branch = yes () => (float[2] a) { half = Div (x, two) a = Sqrt (half) },
           else_branch = no () => (float[2] b) { b = Mul (x, three) }
         >
      }
      """;

  /// How many elements are above the round's number changes by round.
  private static final String RAGGED =
      """
      <ir_version: 8, opset_import: ["" : 17]>
      net (float[4] x) => (float[4] y)
      <int64 most = {3}>
      {
         y = Loop <body = round
           (int64 i, bool go, float[4] s) => (bool on, float[4] next)
           <float one = {1}>
           {
              on = Identity (go)
              number = Cast <to = 1> (i)
              above = Greater (s, number)
              some = Compress <axis = 0> (s, above)
              more = Add (some, one)
              next = Identity (s)
           }> (most, , x)
      }
      """;

  /// A branch in a scan that runs backward over the columns, and so a value in two bodies.
  private static final String NESTED =
      """
      <ir_version: 8, opset_import: ["" : 17]>
      net (float[2,3] x) => (float[2] y, float[3,2] rows)
      <float[2] start = {0, 0}>
      {
         y, rows = Scan <num_scan_inputs = 1, scan_input_axes = [1], scan_input_directions = [1],
           body = step
           (float[2] s, float[2] e) => (float[2] next, float[2] row)
           <float zero = {0}, float half = {0.5}>
           {
              sum = ReduceSum <keepdims = 0> (e)
              up = Greater (sum, zero)
              next = If (up) <
                then_branch = yes () => (float[2] a) { a = Add (s, e) },
                else_branch = no () => (float[2] b) { b = Mul (s, half) }
              >
              row = Add (next, e)
           }> (start, x)
      }
      """;

  @Test
  void bodyIsSeenRoundByRound() {
    Map<String, Recording> seen = observe(LOOP, floats(1, 3), "y.body/double", "y.body/on");
    // 1,3 → 3,7 → 7,15 → 15,31
    assertThat(values(recording(seen, "y.body/double")))
        .containsExactly(List.of(2f, 6f), List.of(6f, 14f), List.of(14f, 30f));
    assertThat(recording(seen, "y.body/double").moments())
        .extracting(Recording.Moment::rounds)
        .containsExactly(List.of(0L), List.of(1L), List.of(2L));
    assertThat(recording(seen, "y.body/on").times()).isEqualTo(3);
  }

  @Test
  void whatIsKeptHasALimit() {
    Recording seen = recording(observe(8, LOOP, floats(1, 3), "y.body/double"), "y.body/double");
    assertThat(values(seen)).containsExactly(List.of(2f, 6f));
    assertThat(seen.times()).isEqualTo(3);
    assertThat(seen.isCut()).isTrue();
  }

  @Test
  void onlyTheBranchTakenIsRun() {
    String[] names = {"y.then_branch/half", "y.else_branch/b"};
    Map<String, Recording> up = observe(BRANCHES, floats(2, 6), names);
    assertThat(values(recording(up, names[0]))).containsExactly(List.of(1f, 3f));
    assertThat(recording(up, names[1]).times()).isZero();
    Map<String, Recording> down = observe(BRANCHES, floats(-2, 1), names);
    assertThat(recording(down, names[0]).times()).isZero();
    assertThat(values(recording(down, names[1]))).containsExactly(List.of(-6f, 3f));
  }

  @Test
  void sizesMayChangeByRound() {
    Recording some =
        recording(observe(RAGGED, floats(0.5f, 1.5f, 2.5f, 3.5f), "y.body/more"), "y.body/more");
    assertThat(values(some))
        .containsExactly(
            List.of(1.5f, 2.5f, 3.5f, 4.5f), List.of(2.5f, 3.5f, 4.5f), List.of(3.5f, 4.5f));
  }

  @Test
  void bodiesInBodiesAreSeen() {
    DenseTensor x = DenseTensor.ofFloats(new float[] {1, -2, 3, 4, -5, 6}, 2, 3);
    String[] names = {"y.body/next.then_branch/a", "y.body/next.else_branch/b", "y.body/row"};
    Map<String, Recording> seen = observe(NESTED, x, names);
    // Columns from the last to the first: (3,6), (-2,-5), (1,4).
    assertThat(values(recording(seen, names[0])))
        .containsExactly(List.of(3f, 6f), List.of(2.5f, 7f));
    assertThat(recording(seen, names[0]).moments())
        .extracting(Recording.Moment::rounds)
        .containsExactly(List.of(0L, 0L), List.of(2L, 0L));
    assertThat(values(recording(seen, names[1]))).containsExactly(List.of(1.5f, 3f));
    assertThat(values(recording(seen, names[2])))
        .containsExactly(List.of(6f, 12f), List.of(-0.5f, -2f), List.of(3.5f, 11f));
  }

  @Test
  void firstToDepartIsTheFirstInTime() {
    // The carried state departs after the first round, `double` as a consequence in the second.
    String damaged = LOOP.replace("float one = {1}", "float one = {1.5}");
    LayerAlignment alignment = align(LOOP, damaged, floats(1, 3));
    LayerAgreement first = alignment.firstDeparture().orElseThrow();
    assertThat(first.pair().reference().value()).isEqualTo("y.body/next");
    assertThat(departure(first)).isEqualTo(new Times.Departure(0, List.of(0L)));
    assertThat(departure(layer(alignment, "y.body/double")))
        .isEqualTo(new Times.Departure(0, List.of(1L)));
  }

  @Test
  void anotherNumberOfRoundsIsADeparture() {
    LayerAlignment alignment =
        align(LOOP, LOOP.replace("limit = {40}", "limit = {20}"), floats(1, 3));
    Times times = layer(alignment, "y.body/double").times().orElseThrow();
    assertThat(times)
        .isEqualTo(new Times(2, 3, 2, Optional.of(new Times.Departure(0, List.of(2L)))));
    LayerAgreement first = alignment.firstDeparture().orElseThrow();
    assertThat(first.pair().reference().value()).isEqualTo("y.body/on");
    assertThat(departure(first)).isEqualTo(new Times.Departure(0, List.of(1L)));
  }

  @Test
  void quantizedValuesOfBodiesAreComparedInSteps() {
    String quantized =
        LOOP.replace("<int64 most", "<float step = {0.25}, uint8 zero = {0}, int64 most")
            .replace(
                "next = Add (double, one)",
                """
                codes = QuantizeLinear (double, step, zero)
                      read = DequantizeLinear (codes, step, zero)
                      next = Add (read, one)\
                """);
    LayerAlignment alignment = align(LOOP, quantized, floats(1.03125f, 3));
    LayerAgreement layer = layer(alignment, "y.body/double");
    assertThat(layer.pair().other().value()).isEqualTo("y.body/read");
    // 2.0625 becomes 2, 6.125 stays 6, but 14.25 is 57 steps where 14 comes of that, 56.
    assertThat(layer.steps()).contains(new GridSteps(6, 1, 0, 0, 1));
    assertThat(layer.times().orElseThrow().compared()).isEqualTo(3);
  }

  @Test
  void branchNotTakenIsNamed() {
    LayerAlignment up = align(BRANCHES, BRANCHES, floats(2, 6));
    assertThat(up.pass()).isTrue();
    assertThat(up.unseen())
        .extracting(UnseenBody::toString)
        .containsExactly("1 inside else_branch of If computing 'y': not run on any sample");
    LayerAlignment both = align(BRANCHES, BRANCHES, floats(2, 6), floats(-2, 1));
    assertThat(both.unseen()).isEmpty();
    assertThat(both.layers())
        .extracting(layer -> layer.pair().reference().value())
        .containsExactly(
            "sum", "up", "y.then_branch/half", "y.then_branch/a", "y.else_branch/b", "y");
  }

  @Test
  void bodyThatCannotBeFollowedIsNamed() {
    String mapped =
        """
        <ir_version: 8, opset_import: ["" : 17]>
        net (float[2] x) => (float[2] y)
        {
           all = SequenceConstruct (x, x)
           more = SequenceMap <body = each (float[2] e) => (float[2] m) { m = Abs (e) }> (all)
           zero = Constant <value = int64 {0}> ()
           y = SequenceAt (more, zero)
        }
        """;
    LayerAlignment alignment = align(mapped, mapped, floats(1, 2));
    assertThat(alignment.layers())
        .extracting(layer -> layer.pair().reference().value())
        .containsExactly("zero", "y");
    assertThat(alignment.unseen())
        .singleElement()
        .extracting(UnseenBody::reason)
        .asString()
        .contains("only If, Loop and Scan can be followed");
  }

  @Test
  void bodyThatReadsNoTensorIsNamedAndOthersAreSeen() {
    String carried =
        """
        <ir_version: 8, opset_import: ["" : 17]>
        net (float[2] x) => (float[4] y, float[2] z)
        <int64 most = {2}, bool yes = {1}>
        {
           all = SequenceConstruct (x)
           more = Loop <body = round
             (int64 i, bool go, seq(float[2]) s) => (bool on, seq(float[2]) next)
             {
                on = Identity (go)
                big = Exp (x)
                next = SequenceInsert (s, big)
             }> (most, yes, all)
           y = ConcatFromSequence <axis = 0> (more)
           z = If (yes) <
             then_branch = yes () => (float[2] a) { a = Sqrt (x) },
             else_branch = no () => (float[2] b) { b = Neg (x) }
           >
        }
        """;
    LayerAlignment alignment = align(carried, carried, floats(1, 2));
    assertThat(alignment.layers())
        .extracting(layer -> layer.pair().reference().value())
        .contains("z.then_branch/a");
    assertThat(alignment.unseen())
        .filteredOn(body -> body.body().node().startsWith("Loop"))
        .singleElement()
        .extracting(UnseenBody::reason)
        .asString()
        .contains("'all' is a sequence or map");
  }

  private static Times.Departure departure(LayerAgreement layer) {
    return layer.times().orElseThrow().departure().orElseThrow();
  }

  private static LayerAgreement layer(LayerAlignment alignment, String value) {
    return alignment.layers().stream()
        .filter(layer -> layer.pair().reference().value().equals(value))
        .findFirst()
        .orElseThrow();
  }

  private static LayerAlignment align(String reference, String other, DenseTensor... inputs) {
    Model one = OnnxText.parse(reference);
    Model two = OnnxText.parse(other);
    List<Sample> samples =
        Arrays.stream(inputs).map(x -> Sample.unlabelled("a sample", Map.of("x", x))).toList();
    return LayerAligner.align(
        Observable.of(one, "the reference", SessionOptions.UNCHANGED),
        Observable.of(two, "the other", SessionOptions.UNCHANGED),
        OnnxPairs.of(one, two, name -> true),
        SampleSource.of(List.of(), samples),
        Tolerance.FLOAT32,
        Progress.NONE);
  }

  private static Recording recording(Map<String, Recording> seen, String name) {
    return Objects.requireNonNull(seen.get(name), name);
  }

  private static Map<String, Recording> observe(String model, DenseTensor x, String... names) {
    return observe(1 << 20, model, x, names);
  }

  private static Map<String, Recording> observe(
      long mostBytes, String model, DenseTensor x, String... names) {
    try (OnnxObservation observation =
        OnnxObservation.of(
            OnnxText.parse(model), "the model", SessionOptions.UNCHANGED, List.of(names))) {
      return observation.run(Map.of("x", x), mostBytes);
    }
  }

  private static List<List<Float>> values(Recording recording) {
    return recording.moments().stream()
        .map(
            moment -> {
              List<Float> values = new ArrayList<>();
              for (float value : ((DenseTensor) moment.value()).toFloatArray()) {
                values.add(value);
              }
              return values;
            })
        .toList();
  }

  private static DenseTensor floats(float... values) {
    return DenseTensor.ofFloats(values, values.length);
  }
}
