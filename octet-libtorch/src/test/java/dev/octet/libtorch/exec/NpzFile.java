package dev.octet.libtorch.exec;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Reads NumPy's `.npz` test fixtures.
final class NpzFile {
  private static final Pattern HEADER =
      Pattern.compile("'descr': '([^']*)'.*'fortran_order': False.*'shape': \\(([^)]*)\\)");

  private NpzFile() {}

  static Map<String, DenseTensor> read(Path file) throws IOException {
    Map<String, DenseTensor> arrays = new TreeMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        arrays.put(entry.getName().replace(".npy", ""), parse(bytes));
      }
    }
    return arrays;
  }

  private static DenseTensor parse(byte[] bytes) {
    int length = Byte.toUnsignedInt(bytes[8]) | Byte.toUnsignedInt(bytes[9]) << 8;
    Matcher header = HEADER.matcher(new String(bytes, 10, length, StandardCharsets.US_ASCII));
    if (!header.find()) {
      throw new IllegalArgumentException("not a row-major array");
    }
    long[] dims =
        Arrays.stream(header.group(2).split(","))
            .map(String::strip)
            .filter(dim -> !dim.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    DataType type =
        switch (header.group(1)) {
          case "<f4" -> DataType.FLOAT;
          case "<f8" -> DataType.DOUBLE;
          case "<i8" -> DataType.INT64;
          case "<i4" -> DataType.INT32;
          case "|u1" -> DataType.UINT8;
          case "|i1" -> DataType.INT8;
          case "|b1" -> DataType.BOOL;
          default -> throw new IllegalArgumentException("dtype " + header.group(1));
        };
    return DenseTensor.ofBytes(type, Arrays.copyOfRange(bytes, 10 + length, bytes.length), dims);
  }
}
