package dev.octet.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.octet.diagnostic.OctetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The file ONNX Runtime writes its optimized graph to: a temporary sibling until it is whole.
final class OptimizedModelFile implements AutoCloseable {
  private final @Nullable Path file;
  private final @Nullable Path temporary;

  private OptimizedModelFile(@Nullable Path file, @Nullable Path temporary) {
    this.file = file;
    this.temporary = temporary;
  }

  static OptimizedModelFile of(Optional<Path> wanted) {
    if (wanted.isEmpty()) {
      return new OptimizedModelFile(null, null);
    }
    Path file = wanted.get().toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || !Files.isWritable(folder)) {
      throw unwritable(file, new NoSuchFileException("its folder is missing or read-only"));
    }
    return new OptimizedModelFile(file, file.resolveSibling("." + file.getFileName() + ".part"));
  }

  void configure(OrtSession.SessionOptions settings) throws OrtException {
    if (temporary != null) {
      settings.setOptimizedModelFilePath(temporary.toString());
    }
  }

  /// Puts the finished file in its place.
  void keep() {
    if (file != null && temporary != null) {
      try {
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException cause) {
        throw unwritable(file, cause);
      }
    }
  }

  @Override
  public void close() {
    if (temporary != null) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException cause) {
        throw unwritable(temporary, cause);
      }
    }
  }

  private static OctetException unwritable(Path file, IOException cause) {
    return OctetException.failure(
        "not-writable", file.toString(), "cannot be written: " + cause.getMessage(), "", cause);
  }
}
