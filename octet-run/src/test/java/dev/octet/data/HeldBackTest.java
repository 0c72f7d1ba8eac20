package dev.octet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.ir.DenseTensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HeldBackTest {
  private static SampleSource numbered(int count) {
    return SampleSource.of(
        List.of(),
        IntStream.range(0, count)
            .mapToObj(i -> Sample.unlabelled("s" + i, Map.of("x", DenseTensor.scalar((float) i))))
            .toList());
  }

  private static List<String> names(SampleSource source) {
    try (Stream<Sample> samples = source.samples()) {
      return samples.map(Sample::name).toList();
    }
  }

  @Test
  void everySampleIsInExactlyOnePart() {
    HeldBack parts = HeldBack.of(numbered(50), 0.2, 7);
    assertThat(parts.held().size()).isEqualTo(10);
    assertThat(names(parts.used())).hasSize(40).doesNotContainAnyElementsOf(names(parts.held()));
    assertThat(Stream.of(parts.used(), parts.held()).flatMap(part -> names(part).stream()))
        .containsExactlyInAnyOrderElementsOf(names(numbered(50)));
  }

  @Test
  void theSeedDecides() {
    assertThat(names(HeldBack.of(numbered(50), 0.2, 7).held()))
        .isEqualTo(names(HeldBack.of(numbered(50), 0.2, 7).held()))
        .isNotEqualTo(names(HeldBack.of(numbered(50), 0.2, 8).held()));
  }

  @Test
  void noPartIsEmpty() {
    assertThat(HeldBack.of(numbered(2), 0.01, 0).held().size()).isEqualTo(1);
    assertThat(HeldBack.of(numbered(2), 0.99, 0).used().size()).isEqualTo(1);
    assertThatThrownBy(() -> HeldBack.of(numbered(1), 0.5, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
