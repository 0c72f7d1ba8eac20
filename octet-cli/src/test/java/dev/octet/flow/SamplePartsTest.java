package dev.octet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.ir.DenseTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplePartsTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, CALIBRATED",
    "3, 2, 1, 1, CHOSEN",
    "8, 6, 1, 1, HELD_BACK",
    "400, 300, 50, 50, HELD_BACK",
    "2000, 1500, 128, 372, HELD_BACK",
    "20000, 18976, 128, 896, HELD_BACK",
  })
  void whoHadASayDoesNotJudge(
      int all, int calibrating, int choosing, int judging, JudgedOn judgedOn) {
    SampleParts parts = SampleParts.of(numbered(all), SampleParts.Choosing.AMONG_WAYS, 5);
    assertThat(parts.judgedOn()).isEqualTo(judgedOn);
    assertThat(parts.calibrating().size()).isEqualTo(calibrating);
    assertThat(parts.choosing().size()).isEqualTo(choosing);
    assertThat(parts.judging().size()).isEqualTo(judging);
    assertThat(names(parts.judging())).hasSize(judging);
    if (judgedOn == JudgedOn.HELD_BACK) {
      assertThat(names(parts.judging()))
          .doesNotContainAnyElementsOf(names(parts.calibrating()))
          .doesNotContainAnyElementsOf(names(parts.choosing()));
      assertThat(names(parts.choosing())).doesNotContainAnyElementsOf(names(parts.calibrating()));
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 1, 1", "400, 300, 100"})
  void allThatIsHeldBackJudgesWhereNothingIsChosen(int all, int calibrating, int judging) {
    SampleParts parts = SampleParts.of(numbered(all), SampleParts.Choosing.NOTHING, 5);
    assertThat(parts.judgedOn()).isEqualTo(JudgedOn.HELD_BACK);
    assertThat(parts.judgesApart()).isFalse();
    assertThat(parts.calibrating().size()).isEqualTo(calibrating);
    assertThat(parts.judging().size()).isEqualTo(judging);
  }

  private static List<String> names(SampleSource source) {
    try (Stream<Sample> samples = source.samples()) {
      return samples.map(Sample::name).toList();
    }
  }

  private static SampleSource numbered(int count) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      samples.add(
          Sample.unlabelled("s" + i, Map.of("x", DenseTensor.ofFloats(new float[] {i}, 1))));
    }
    return SampleSource.of(List.of(), samples);
  }
}
