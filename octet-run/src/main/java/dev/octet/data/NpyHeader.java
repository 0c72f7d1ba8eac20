package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What precedes the data of a NumPy `.npy` file (NEP 1, and `numpy.lib.format`'s versions 1 to 3).
///
/// @param dataType element type
/// @param swapped whether elements are big-endian
/// @param dims outermost first
record NpyHeader(DataType dataType, boolean swapped, List<Long> dims) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 1 << 20;
  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=])(\\w+)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\s]*)\\)");

  NpyHeader {
    dims = List.copyOf(dims);
  }

  /// Reads up to the first element.
  ///
  /// @throws OctetException `BAD_INPUT` when this is no array of numbers in row-major order
  static NpyHeader read(InputStream stream, String place) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    try {
      byte[] magic = in.readNBytes(MAGIC.length);
      if (!Arrays.equals(magic, MAGIC)) {
        throw bad("npy-not-an-array", place, "is no .npy file: it does not begin with its mark");
      }
      int version = in.readUnsignedByte();
      in.readUnsignedByte();
      int length =
          version == 1
              ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
              : Integer.reverseBytes(in.readInt());
      if (version < 1 || version > 3 || length < 0 || length > MAX_HEADER) {
        throw bad("npy-header", place, "has a header of version " + version + ", size " + length);
      }
      byte[] text = in.readNBytes(length);
      if (text.length < length) {
        throw new EOFException();
      }
      return parse(new String(text, StandardCharsets.UTF_8), place);
    } catch (EOFException cause) {
      throw bad("npy-cut-short", place, "is cut short within its header");
    }
  }

  private static NpyHeader parse(String header, String place) {
    Matcher type = TYPE.matcher(header);
    Matcher order = ORDER.matcher(header);
    Matcher shape = SHAPE.matcher(header);
    if (!type.find()) {
      throw bad("npy-data-type", place, "holds no plain numbers: " + header.strip());
    }
    if (!order.find() || !shape.find()) {
      throw bad("npy-header", place, "has a broken header: " + header.strip());
    }
    List<Long> dims = new ArrayList<>();
    long count = 1;
    for (String size : shape.group(1).split(",", -1)) {
      if (!size.isBlank()) {
        try {
          dims.add(Long.parseLong(size.strip()));
          count = Math.multiplyExact(count, dims.getLast());
        } catch (ArithmeticException | NumberFormatException cause) {
          throw bad("npy-header", place, "claims an impossible shape (" + shape.group(1) + ")");
        }
      }
    }
    if (order.group(1).equals("True") && dims.size() > 1) {
      throw bad("npy-order", place, "is in Fortran order; save numpy.ascontiguousarray(x)");
    }
    return new NpyHeader(dataType(type.group(2), place), type.group(1).equals(">"), dims);
  }

  private static DataType dataType(String code, String place) {
    return switch (code) {
      case "f2" -> DataType.FLOAT16;
      case "f4" -> DataType.FLOAT;
      case "f8" -> DataType.DOUBLE;
      case "i1" -> DataType.INT8;
      case "i2" -> DataType.INT16;
      case "i4" -> DataType.INT32;
      case "i8" -> DataType.INT64;
      case "u1" -> DataType.UINT8;
      case "u2" -> DataType.UINT16;
      case "u4" -> DataType.UINT32;
      case "u8" -> DataType.UINT64;
      case "b1" -> DataType.BOOL;
      default -> throw bad("npy-data-type", place, "holds elements of NumPy type '" + code + "'");
    };
  }

  private static OctetException bad(String code, String place, String message) {
    return OctetException.badInput(
        code, place, message, "expected numbers saved with numpy.save or numpy.savez");
  }
}
