package dev.octet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PairedChangeTest {
  /// Agresti, *Categorical Data Analysis*, the approval ratings of a prime minister: of 1600 people
  /// 794 approve twice, 150 only the first time, 86 only the second, 570 never; the change is -0.04
  /// with a standard error of 0.0095.
  @Test
  void agreesWithATextbookExample() {
    AccuracyChange change =
        PairedChange.of(groups(true, true, false, false), groups(true, false, true, false));
    assertThat(change.gained()).isEqualTo(86);
    assertThat(change.lost()).isEqualTo(150);
    assertThat(change.points()).isCloseTo(-4, within(1e-9));
    assertThat(change.high() - change.low()).isCloseTo(2 * 1.96 * 0.95, within(0.02));
    assertThat(change.pValue()).isBetween(1e-5, 1e-4);
  }

  @Test
  void addsUpCoinThrowsExactly() {
    assertThat(PairedChange.exactP(1, 5)).isCloseTo(2 * (1 + 6) / 64.0, within(1e-12));
    assertThat(PairedChange.exactP(0, 3)).isCloseTo(0.25, within(1e-12));
    assertThat(PairedChange.exactP(4, 4)).isEqualTo(1);
    assertThat(PairedChange.exactP(0, 0)).isEqualTo(1);
    assertThat(PairedChange.exactP(700, 701)).isBetween(0.9, 1.0);
  }

  @Test
  void knowsNoChange() {
    boolean[] same = {true, false, true};
    assertThat(PairedChange.of(same, same)).isEqualTo(new AccuracyChange(0, 0, 0, 0, 0, 1));
  }

  private static boolean[] groups(boolean... rightByGroup) {
    int[] sizes = {794, 150, 86, 570};
    boolean[] all = new boolean[1600];
    int from = 0;
    for (int group = 0; group < sizes.length; group++) {
      Arrays.fill(all, from, from + sizes[group], rightByGroup[group]);
      from += sizes[group];
    }
    return all;
  }
}
