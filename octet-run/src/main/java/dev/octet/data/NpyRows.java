package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The data of one array being read from front to back, some rows at a time.
final class NpyRows implements AutoCloseable {
  private static final long MAX_ROW_BYTES = 1 << 30;

  private final String place;
  private final InputStream stream;
  private final NpyHeader header;

  private NpyRows(String place, InputStream stream, NpyHeader header) {
    this.place = place;
    this.stream = stream;
    this.header = header;
  }

  /// @param stream taken over: closed with this, or when the header is bad
  static NpyRows open(InputStream stream, String place) throws IOException {
    InputStream buffered = new BufferedInputStream(stream, 1 << 16);
    try {
      return new NpyRows(place, buffered, NpyHeader.read(buffered, place));
    } catch (IOException | RuntimeException cause) {
      buffered.close();
      throw cause;
    }
  }

  NpyHeader header() {
    return header;
  }

  /// The next elements, as a tensor.
  ///
  /// @param dims shape to give them
  DenseTensor next(List<Long> dims) {
    long size = header.dataType().byteSize(dims.stream().reduce(1L, Math::multiplyExact));
    if (size > MAX_ROW_BYTES) {
      throw OctetException.badInput(
          "npy-row-too-large",
          place,
          "has samples of " + size + " bytes",
          "expected 1 GiB or less");
    }
    try {
      byte[] bytes = stream.readNBytes((int) size);
      if (bytes.length < size) {
        throw cutShort(null);
      }
      if (header.swapped()) {
        reverseEach(bytes, header.dataType().bits() / 8);
      }
      return new DenseTensor(header.dataType(), dims, MemorySegment.ofArray(bytes));
    } catch (IOException cause) {
      throw OctetException.badInput(
          "not-readable", place, "cannot be read: " + cause.getMessage(), "", cause);
    }
  }

  /// Passes over tensors unread.
  ///
  /// @param dims shape of each
  void skip(List<Long> dims, long count) {
    long size = header.dataType().byteSize(dims.stream().reduce(1L, Math::multiplyExact));
    try {
      stream.skipNBytes(Math.multiplyExact(size, count));
    } catch (EOFException cause) {
      throw cutShort(cause);
    } catch (IOException cause) {
      throw OctetException.badInput(
          "not-readable", place, "cannot be read: " + cause.getMessage(), "", cause);
    }
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException cause) {
      throw OctetException.badInput(
          "not-readable", place, "cannot be closed: " + cause.getMessage(), "", cause);
    }
  }

  private OctetException cutShort(@Nullable Throwable cause) {
    return OctetException.badInput(
        "npy-cut-short",
        place,
        "is cut short: its shape " + header.dims() + " asks for more data",
        "",
        cause);
  }

  private static void reverseEach(byte[] bytes, int width) {
    for (int start = 0; start < bytes.length; start += width) {
      for (int i = 0; i < width / 2; i++) {
        byte kept = bytes[start + i];
        bytes[start + i] = bytes[start + width - 1 - i];
        bytes[start + width - 1 - i] = kept;
      }
    }
  }
}
