package dev.octet.flow;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where results go. Checked before any work, so that an hour's result is never lost to a typing
/// error.
public final class OutputFile {
  private OutputFile() {}

  /// Refuses a place that cannot be written to.
  ///
  /// @return `file`
  /// @throws OctetException (`USAGE`) naming the file and what is wrong with its place
  public static Path checked(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw unwritable(file, "is a folder", "name a file in it");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw unwritable(file, "lies in a folder that does not exist", "make the folder first");
    }
    if (!Files.isWritable(folder)) {
      throw unwritable(file, "lies in a folder that may not be written to", "");
    }
    return file;
  }

  /// Writes text, so that the file is either the old one or the whole new one.
  public static void write(Path file, String text) {
    try {
      AtomicFile.write(checked(file), text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw OctetException.failure(
          "unwritable", file.toString(), "could not be written: " + e.getMessage(), "", e);
    }
  }

  private static OctetException unwritable(Path file, String message, String hint) {
    return OctetException.usage("unwritable", file.toString(), message, hint);
  }
}
