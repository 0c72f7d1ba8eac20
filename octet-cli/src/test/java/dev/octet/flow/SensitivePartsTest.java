package dev.octet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SensitivePartsTest {
  /// The parts of a small model are told apart by many samples; a big one's take what time allows.
  @Test
  void moreSamplesWhereTheyAreCheap() {
    assertThat(SensitiveParts.samplesFor(4, 192_000)).isEqualTo(64);
    assertThat(SensitiveParts.samplesFor(0, 0)).isEqualTo(64);
    assertThat(SensitiveParts.samplesFor(60, 100_000_000)).isEqualTo(16);
    assertThat(SensitiveParts.samplesFor(96, 20_000_000_000L)).isEqualTo(3);
  }
}
