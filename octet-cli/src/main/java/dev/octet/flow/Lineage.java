package dev.octet.flow;

import dev.octet.diagnostic.OctetException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/// Which file a model was made from, told by the model itself, so that two can be compared without
/// being told how they belong together.
final class Lineage {
  /// Key of the source's fingerprint: a metadata entry of an ONNX model, an extra file of a
  /// program.
  static final String SOURCE = "octet.source";

  /// Key of the processor a model was quantized for.
  static final String TARGET = "octet.target";

  private static final int PART = 1 << 18;

  private Lineage() {}

  /// CRC-32 and CRC-32C of a file's bytes, 16 hexadecimal digits: enough to tell files apart, no
  /// proof against forgery, and as quick as the file can be read.
  static String fingerprint(Path file) {
    CRC32 first = new CRC32();
    CRC32C second = new CRC32C();
    byte[] part = new byte[PART];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(part); read >= 0; read = in.read(part)) {
        first.update(part, 0, read);
        second.update(part, 0, read);
      }
    } catch (IOException e) {
      throw OctetException.badInput("unreadable", file.toString(), "cannot be read", "", e);
    }
    return "%08x%08x".formatted(first.getValue(), second.getValue());
  }

  /// The fingerprint of what `model` was made from, if it says so.
  static Optional<String> source(ModelFile model) {
    return model.note(SOURCE).map(String::strip);
  }
}
