package dev.octet.target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What a processor says about itself.
///
/// @param architecture as Java names it: `amd64`, `aarch64`
/// @param flags extensions by the names Linux gives them, such as `avx512_vnni`; empty where they
///     cannot be read
public record CpuFeatures(String architecture, Set<String> flags) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  public CpuFeatures {
    flags = Set.copyOf(flags);
  }

  /// This machine's. Flags are known on Linux; elsewhere only the architecture is.
  public static CpuFeatures here() {
    String architecture = System.getProperty("os.arch", "");
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return of(architecture, lines);
    } catch (IOException | java.io.UncheckedIOException notLinux) {
      return new CpuFeatures(architecture, Set.of());
    }
  }

  /// As `/proc/cpuinfo` tells it; its first processor speaks for all.
  static CpuFeatures of(String architecture, Stream<String> cpuInfo) {
    Set<String> flags = new TreeSet<>();
    cpuInfo
        .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .ifPresent(names -> flags.addAll(Arrays.asList(names.split("\\s+"))));
    return new CpuFeatures(architecture, flags);
  }

  /// The best kind of kernels that will run; [Target#PORTABLE] when nothing is known.
  public Target target() {
    return switch (architecture.toLowerCase(Locale.ROOT)) {
      case "aarch64", "arm64" -> Target.ARM64;
      case "amd64", "x86_64" ->
          flags.contains("avx512_vnni")
              ? Target.AVX512_VNNI
              : flags.contains("avx_vnni")
                  ? Target.AVX_VNNI
                  : flags.contains("avx512bw")
                      ? Target.AVX512
                      : flags.contains("avx2") ? Target.AVX2 : Target.PORTABLE;
      default -> Target.PORTABLE;
    };
  }
}
