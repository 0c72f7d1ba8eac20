package dev.octet.calibrate;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Files that are either the old one or the whole new one, also where the process is ended while
/// it writes.
final class WholeFile {
  private WholeFile() {}

  /// Writes text as UTF-8.
  ///
  /// @throws OctetException `FAILURE` when the file cannot be written
  static void write(String text, Path file) {
    write(text.getBytes(StandardCharsets.UTF_8), file);
  }

  /// @throws OctetException `FAILURE` when the file cannot be written
  static void write(byte[] content, Path file) {
    try {
      AtomicFile.write(file, content);
    } catch (IOException cause) {
      throw OctetException.failure(
          "not-writable",
          file.toString(),
          "cannot be written: " + cause.getMessage(),
          "choose a folder that exists and can be written to",
          cause);
    }
  }
}
