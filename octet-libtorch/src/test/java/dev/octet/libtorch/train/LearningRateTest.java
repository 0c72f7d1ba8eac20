package dev.octet.libtorch.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LearningRateTest {
  @Test
  void oneCycleEqualsPyTorchsSchedule() {
    // torch.optim.lr_scheduler.OneCycleLR(max_lr=0.1, total_steps=10, pct_start=0.3)
    double[] expected = {
      0.004,
      0.052,
      0.1,
      0.0950484632,
      0.0811745654,
      0.0611262022,
      0.0388741978,
      0.0188258346,
      0.0049519368,
      0.0000004
    };
    LearningRate schedule = new LearningRate.OneCycle(0.1, 0.3);
    for (int step = 0; step < expected.length; step++) {
      assertThat(schedule.at(step, expected.length)).isCloseTo(expected[step], within(1e-9));
    }
  }

  @Test
  void cosineWarmsUpAndEndsAtItsFloor() {
    LearningRate schedule = new LearningRate.CosineWithWarmUp(1, 0.1, 0.01);
    assertThat(schedule.at(0, 100)).isCloseTo(0.1, within(1e-9));
    assertThat(schedule.at(10, 100)).isCloseTo(1, within(1e-9));
    assertThat(schedule.at(100, 100)).isCloseTo(0.01, within(1e-9));
  }

  @Test
  void aShiftMovesSamplesAndFillsWithSilence() {
    WaveformAugmentation shift = new WaveformAugmentation(2, 0, 0);
    boolean moved = false;
    for (int seed = 0; seed < 20; seed++) {
      float[] sample = {0.1f, 0.2f, 0.3f, 0.4f};
      shift.apply(sample, new SplittableRandom(seed));
      assertThat(sample)
          .isIn(
              new float[] {0.1f, 0.2f, 0.3f, 0.4f},
              new float[] {0, 0.1f, 0.2f, 0.3f},
              new float[] {0, 0, 0.1f, 0.2f},
              new float[] {0.2f, 0.3f, 0.4f, 0},
              new float[] {0.3f, 0.4f, 0, 0});
      moved |= sample[0] == 0;
    }
    assertThat(moved).isTrue();
  }
}
