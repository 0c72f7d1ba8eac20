package dev.octet.ir.io;

import dev.octet.ir.Model;
import java.nio.file.Path;

/// Writes ONNX files: the same model always gives the same bytes.
public final class ModelWriter {
  private ModelWriter() {}

  /// Writes a model, replacing the file only once all of it is written.
  ///
  /// @throws dev.octet.diagnostic.OctetException of kind `FAILURE` when the model is not sound or
  ///     the file cannot be written
  public static void write(Model model, Path file) {
    throw new UnsupportedOperationException("under construction: " + model + file);
  }

  /// The bytes [#write] would write, with all tensors inside.
  ///
  /// @throws dev.octet.diagnostic.OctetException of kind `FAILURE` when the model is not sound or
  ///     larger than a protobuf message can be
  public static byte[] encode(Model model) {
    throw new UnsupportedOperationException("under construction: " + model);
  }
}
