package dev.octet.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CpuFeaturesTest {
  @ParameterizedTest
  @CsvSource({
    "amd64, fpu sse2 avx avx2 avx512f avx512bw avx512_vnni, avx512-vnni",
    "amd64, fpu sse2 avx avx2 avx_vnni, avx-vnni",
    "amd64, fpu sse2 avx avx2 avx512f avx512bw, avx512",
    "x86_64, fpu sse2 avx avx2, avx2",
    "amd64, fpu sse2, portable",
    "aarch64, fp asimd asimddp, arm64",
    "riscv64, rv64imafdc, portable",
  })
  void flagsNameTheBestKernels(String architecture, String flags, String target) {
    Stream<String> info = Stream.of("processor : 0", "flags\t\t: " + flags, "flags\t\t: other");

    assertThat(CpuFeatures.of(architecture, info).target()).hasToString(target);
  }

  @Test
  void anUnknownMachineGetsWhatRunsEverywhere() {
    assertThat(CpuFeatures.of("amd64", Stream.of()).target()).isEqualTo(Target.PORTABLE);
    assertThat(Target.here()).isNotNull();
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void everyTargetIsFoundByItsName(Target target) {
    assertThat(Target.parse(target.toString().toUpperCase(java.util.Locale.ROOT))).contains(target);
    assertThat(Target.names()).contains(target.toString());
  }
}
