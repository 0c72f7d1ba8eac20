package dev.octet.ir.io;

import dev.octet.ir.Model;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// A model with the files it was read from.
///
/// @param model what they hold
/// @param bytes size of the model's own file
/// @param data sizes of the files beside it that hold tensor data, by the names the model gives
///     them
public record FileModel(Model model, long bytes, Map<String, Long> data) {
  public FileModel {
    data = Collections.unmodifiableMap(new TreeMap<>(data));
  }

  /// Size of all files together.
  public long allBytes() {
    return bytes + data.values().stream().mapToLong(Long::longValue).sum();
  }
}
