package dev.octet.calibrate;

import dev.octet.diagnostic.OctetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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
    Path target = file.toAbsolutePath();
    Path draft = target.resolveSibling("." + target.getFileName() + ".part");
    try {
      try {
        Files.write(draft, content);
        Files.move(
            draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
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
