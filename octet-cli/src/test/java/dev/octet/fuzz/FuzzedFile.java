package dev.octet.fuzz;

import dev.octet.diagnostic.OctetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The file that a target puts its bytes in, for readers that take files only. One a process and
/// name, written anew each time.
final class FuzzedFile {
  private static final Path FOLDER = folder();

  private FuzzedFile() {}

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("octet-fuzz");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes the bytes to the only file of a folder.
  ///
  /// @param name the file's, with the ending that readers go by
  static Path of(String name, byte[] bytes) {
    try {
      Path folder = Files.createDirectories(FOLDER.resolve(name.replace('.', '-')));
      Path file = Files.write(folder.resolve(name), bytes);
      folder.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs a reader, which may refuse its file as long as it says why.
  static void read(Runnable reader) {
    try {
      reader.run();
    } catch (OctetException refusal) {
      if (refusal.diagnostics().isEmpty() || refusal.diagnostics().getFirst().message().isBlank()) {
        throw new AssertionError("a refusal without a word", refusal);
      }
    }
  }
}
