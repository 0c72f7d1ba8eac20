package dev.octet.evaluate;

import dev.octet.diagnostic.OctetException;
import dev.octet.runtime.ModelRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/// A model to be scored.
///
/// @param name what its row is called
/// @param sizeBytes bytes of its file
/// @param runner runs it; stays the caller's to close
/// @param source position, among the models scored, of the one this was made from
public record Candidate(String name, long sizeBytes, ModelRunner runner, OptionalInt source) {

  /// A model whose source is not among those scored.
  public Candidate(String name, long sizeBytes, ModelRunner runner) {
    this(name, sizeBytes, runner, OptionalInt.empty());
  }

  /// A model in a file, called by its file name.
  public static Candidate of(Path file, ModelRunner runner) {
    try {
      return new Candidate(String.valueOf(file.getFileName()), Files.size(file), runner);
    } catch (IOException cause) {
      throw OctetException.badInput(
          "not-readable", file.toString(), "cannot be read: " + cause.getMessage(), "", cause);
    }
  }
}
