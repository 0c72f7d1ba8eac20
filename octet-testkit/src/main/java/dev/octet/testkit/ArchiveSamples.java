package dev.octet.testkit;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Inputs and PyTorch's outputs beside an archive: `NAME.npz` with `input_i` and `output_i`.
///
/// @param exact the outputs computed in double precision (`exact_i`); empty where they are not
/// known
public record ArchiveSamples(
    List<DenseTensor> inputs, List<DenseTensor> outputs, List<DenseTensor> exact) {
  private static final Pattern HEADER =
      Pattern.compile("'descr': '(.+?)', 'fortran_order': (\\w+), 'shape': \\(([^)]*)\\)");

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /// Reads them.
  ///
  /// @param archive the `.pt2` file
  public static ArchiveSamples beside(Path archive) {
    String name = String.valueOf(archive.getFileName()).replace(".pt2", ".npz");
    Map<Integer, DenseTensor> inputs = new TreeMap<>();
    Map<Integer, DenseTensor> outputs = new TreeMap<>();
    Map<Integer, DenseTensor> exact = new TreeMap<>();
    try (ZipFile zip = new ZipFile(archive.resolveSibling(name).toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        String key = entry.getName().replace(".npy", "");
        int end = key.indexOf('_');
        try (InputStream stream = zip.getInputStream(entry)) {
          Map<Integer, DenseTensor> kind =
              switch (key.substring(0, end)) {
                case "input" -> inputs;
                case "output" -> outputs;
                default -> exact;
              };
          kind.put(Integer.parseInt(key.substring(end + 1)), array(stream.readAllBytes()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ArchiveSamples(
        List.copyOf(inputs.values()), List.copyOf(outputs.values()), List.copyOf(exact.values()));
  }

  private static DenseTensor array(byte[] npy) {
    int headerSize = (npy[8] & 0xff) | (npy[9] & 0xff) << 8;
    String header = new String(npy, 10, headerSize, StandardCharsets.ISO_8859_1);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.find() || matcher.group(2).equals("True")) {
      throw new IllegalArgumentException("unexpected array header " + header);
    }
    DataType type =
        switch (matcher.group(1)) {
          case "<f4" -> DataType.FLOAT;
          case "<f8" -> DataType.DOUBLE;
          case "<f2" -> DataType.FLOAT16;
          case "<i8" -> DataType.INT64;
          case "<i4" -> DataType.INT32;
          case "<i2" -> DataType.INT16;
          case "|b1" -> DataType.BOOL;
          case "|i1" -> DataType.INT8;
          case "|u1" -> DataType.UINT8;
          default -> throw new IllegalArgumentException("unexpected dtype " + header);
        };
    List<Long> dims = new ArrayList<>();
    Matcher numbers = NUMBER.matcher(matcher.group(3));
    while (numbers.find()) {
      dims.add(Long.parseLong(numbers.group()));
    }
    byte[] bytes = Arrays.copyOfRange(npy, 10 + headerSize, npy.length);
    return DenseTensor.ofBytes(type, bytes, dims.stream().mapToLong(Long::longValue).toArray());
  }
}
