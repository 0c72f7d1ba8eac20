package dev.octet.ir.io;

import dev.octet.ir.Model;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Reads ONNX files. Weights stay where they are: a tensor's data is a view of the mapped file.
public final class ModelReader {
  private ModelReader() {}

  /// The model in a file. External data is looked for next to the file and may not lie elsewhere.
  ///
  /// @throws dev.octet.diagnostic.OctetException of kind `BAD_INPUT` when the file is missing,
  ///     truncated, no ONNX model, or contradicts itself; the message names file, node and tensor
  public static Model read(Path file) {
    throw new UnsupportedOperationException("under construction: " + file);
  }

  /// The model in an array of bytes, which must not change afterwards.
  ///
  /// @throws dev.octet.diagnostic.OctetException as [#read] does
  public static Model parse(byte[] bytes) {
    return parse(MemorySegment.ofArray(bytes));
  }

  /// The model in a piece of memory, which must not change afterwards. External data cannot be
  /// resolved and is refused.
  ///
  /// @throws dev.octet.diagnostic.OctetException as [#read] does
  public static Model parse(MemorySegment bytes) {
    throw new UnsupportedOperationException("under construction: " + bytes);
  }
}
