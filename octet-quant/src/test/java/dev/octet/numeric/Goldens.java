package dev.octet.numeric;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/// Reads the vectors that `conformance/python/make_numeric_goldens.py` wrote with the peer.
final class Goldens {
  private Goldens() {}

  /// The fields of each line of a fixture.
  static List<String[]> cases(String fixture) {
    try (InputStream stream = Goldens.class.getResourceAsStream(fixture);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(Objects.requireNonNull(stream), UTF_8))) {
      return reader.lines().map(line -> line.split(" ")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static float real(String field) {
    return Float.intBitsToFloat(Integer.parseUnsignedInt(field, 16));
  }

  static float[] reals(String field) {
    String[] parts = parts(field);
    float[] values = new float[parts.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = real(parts[i]);
    }
    return values;
  }

  static int[] ints(String field) {
    return Arrays.stream(parts(field)).mapToInt(Integer::parseInt).toArray();
  }

  static long[] shape(String field) {
    return Arrays.stream(parts(field)).mapToLong(Long::parseLong).toArray();
  }

  static byte[] bytes(String field) {
    return field.equals("-") ? new byte[0] : HexFormat.of().parseHex(field);
  }

  /// `tensor`, `channel:<axis>` or `block:<axis>:<size>`.
  static Granularity granularity(String field) {
    String[] parts = field.split(":", -1);
    return switch (parts[0]) {
      case "tensor" -> Granularity.perTensor();
      case "channel" -> Granularity.perChannel(Integer.parseInt(parts[1]));
      case "block" -> Granularity.perBlock(Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
      default -> throw new IllegalArgumentException(field);
    };
  }

  private static String[] parts(String field) {
    return field.equals("-") ? new String[0] : field.split(",");
  }
}
