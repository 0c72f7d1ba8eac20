package dev.octet.runtime;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.TensorPlacement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// A model in a folder of its own, its weights beside it, until it is closed.
record TemporaryModel(Path folder, Path file) implements AutoCloseable {

  static TemporaryModel of(Model model) {
    try {
      Path folder = Files.createTempDirectory("octet-model");
      TemporaryModel temporary = new TemporaryModel(folder, folder.resolve("model.onnx"));
      try {
        ModelWriter.write(model, temporary.file, TensorPlacement.BESIDE_MODEL);
        return temporary;
      } catch (RuntimeException e) {
        temporary.close();
        throw e;
      }
    } catch (IOException e) {
      throw OctetException.failure(
          "no-temporary-folder",
          System.getProperty("java.io.tmpdir", ""),
          "a model too large for memory could not be put there: " + e.getMessage(),
          "set -Djava.io.tmpdir to a folder with more room",
          e);
    }
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path each : files.toList()) {
        Files.deleteIfExists(each);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
