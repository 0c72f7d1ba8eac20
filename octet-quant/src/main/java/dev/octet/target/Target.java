package dev.octet.target;

import dev.octet.numeric.QuantType;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// A kind of processor, by what its 8-bit kernels can do.
public enum Target {
  /// x86 with AVX2 and no dot product: `VPMADDUBSW` multiplies unsigned by signed and adds two
  /// products in 16 bits, saturating.
  AVX2("avx2", QuantType.UINT8, Pairs.SATURATE),
  /// x86 with AVX-512 and no dot product: the same instruction, twice as wide.
  AVX512("avx512", QuantType.UINT8, Pairs.SATURATE),
  /// x86 with AVX-VNNI: `VPDPBUSD` adds four products in 32 bits.
  AVX_VNNI("avx-vnni", QuantType.UINT8, Pairs.EXACT),
  /// x86 with AVX-512 VNNI: the same instruction, twice as wide.
  AVX512_VNNI("avx512-vnni", QuantType.UINT8, Pairs.EXACT),
  /// 64-bit ARM: `SDOT` multiplies signed by signed and adds in 32 bits.
  ARM64("arm64", QuantType.INT8, Pairs.EXACT),
  /// Whatever the file may meet: unsigned activations, weights that saturate nowhere.
  PORTABLE("portable", QuantType.UINT8, Pairs.SATURATE);

  private final String label;
  private final QuantType activations;
  private final Pairs pairs;

  Target(String label, QuantType activations, Pairs pairs) {
    this.label = label;
    this.activations = activations;
    this.pairs = pairs;
  }

  /// How sums of two products are kept.
  public enum Pairs {
    /// In 16 bits: weights that are too large together give wrong sums.
    SATURATE,
    /// In 32 bits.
    EXACT
  }

  /// The processor of this machine; [#PORTABLE] when it cannot be told.
  public static Target here() {
    return CpuFeatures.here().target();
  }

  /// The target of this name, in any case.
  public static Optional<Target> parse(String name) {
    return Arrays.stream(values()).filter(each -> each.label.equalsIgnoreCase(name)).findFirst();
  }

  /// All names, for messages: `avx2, avx512, …`.
  public static String names() {
    return Arrays.stream(values()).map(Target::toString).collect(Collectors.joining(", "));
  }

  /// The 8-bit activation type its kernels multiply with INT8 weights without converting it.
  public QuantType activations() {
    return activations;
  }

  public Pairs pairs() {
    return pairs;
  }

  @Override
  public String toString() {
    return label;
  }
}
