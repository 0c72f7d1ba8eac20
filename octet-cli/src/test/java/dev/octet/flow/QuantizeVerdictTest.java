package dev.octet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.evaluate.SpeedComparison;
import dev.octet.flow.QuantizeResult.Processors;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.QuantizationPlan;
import dev.octet.target.Target;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the verdict's lines say of a result.
class QuantizeVerdictTest {
  private static final Processors SAME = new Processors(Target.AVX2, Target.AVX2);

  @Test
  void aModelThatIsNoFasterIsCalledSlowerWithTheReason() {
    assertThat(verdict(2, 4, SAME))
        .contains("0.50× as fast as the float model")
        .contains("SLOWER than the float model here: integers pay in large layers")
        .contains("Use it where size counts.");
    assertThat(verdict(2, 2.04, SAME)).contains("0.98×").doesNotContain("SLOWER");
    assertThat(verdict(4, 2, SAME)).contains("2.00×").doesNotContain("SLOWER");
  }

  @Test
  void anotherProcessorsModelIsJudgedWithReservation() {
    assertThat(verdict(4, 2, new Processors(Target.ARM64, Target.AVX2)))
        .contains(
            "Judged on this machine's processor (avx2), not on the target (arm64): the speed is"
                + " this one's, and sums that leave 16 bits are wrong on this one and exact"
                + " there.");
    assertThat(verdict(4, 2, new Processors(Target.AVX2, Target.ARM64)))
        .contains("(arm64), not on the target (avx2): the speed is this one's.");
    assertThat(verdict(4, 2, SAME)).doesNotContain("Judged on this machine's");
    assertThat(verdict(4, 2, new Processors(Target.PORTABLE, Target.AVX2)))
        .doesNotContain("Judged on this machine's");
  }

  private static String verdict(double floatMillis, double quantizedMillis, Processors processors) {
    return result(new SpeedComparison(floatMillis, quantizedMillis, 5), processors)
        .report()
        .sections()
        .getLast()
        .toString();
  }

  private static QuantizeResult result(SpeedComparison speed, Processors processors) {
    Trial trial = new Trial("minmax", 1, 30);
    return new QuantizeResult(
        "out.onnx",
        4096,
        1024,
        List.of("QDQ"),
        List.of(trial),
        0,
        Optional.of(trial),
        new QuantizeResult.Counts(8, 0, 4, JudgedOn.HELD_BACK),
        List.of(),
        new ComputeShares(10, 10, List.of()),
        List.of(),
        Optional.of(speed),
        processors,
        List.of(),
        true,
        new QuantizationPlan(OutputFormat.QDQ, OutputStyle.COMPACT, List.of(), List.of()));
  }
}
