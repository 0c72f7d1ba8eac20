package dev.octet.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every fuzz target on its seeds, and on each seed cut short and with each of some bits turned.
class SeedsTest {
  private static final Path SEEDS = Path.of("src/test/resources/fuzz");
  private static final int DAMAGES = 40;

  static Stream<Arguments> targets() {
    return Stream.of(
        target("model", ModelFuzz::fuzzerTestOneInput),
        target("calibration", CalibrationFuzz::fuzzerTestOneInput),
        target("samples", SamplesFuzz::fuzzerTestOneInput),
        target("torch", TorchFuzz::fuzzerTestOneInput),
        target("pt2json", Pt2JsonFuzz::fuzzerTestOneInput),
        target("pickle", PickleFuzz::fuzzerTestOneInput));
  }

  private static Arguments target(String name, Consumer<byte[]> target) {
    return Arguments.of(name, target);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targets")
  void returns(String name, Consumer<byte[]> target) throws IOException {
    List<Path> seeds;
    try (Stream<Path> files = Files.list(SEEDS.resolve(name))) {
      seeds = files.sorted().toList();
    }
    assertThat(seeds).isNotEmpty();
    for (Path seed : seeds) {
      byte[] bytes = Files.readAllBytes(seed);
      assertThatCode(() -> target.accept(bytes)).as(seed.toString()).doesNotThrowAnyException();
      for (int i = 0; i < DAMAGES; i++) {
        int at = (int) ((long) bytes.length * i / DAMAGES);
        byte[] cut = Arrays.copyOf(bytes, at);
        byte[] turned = bytes.clone();
        turned[at] ^= (byte) (1 << (i % 8));
        assertThatCode(() -> target.accept(cut))
            .as("%s cut to %d bytes", seed, at)
            .doesNotThrowAnyException();
        assertThatCode(() -> target.accept(turned))
            .as("%s, byte %d", seed, at)
            .doesNotThrowAnyException();
      }
    }
  }
}
