package dev.octet.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// Small programs of one ATen operator each, made by `make_operator_goldens.py`: in one zip,
/// `OPERATOR/NUMBER.pt2` with inputs and PyTorch's outputs beside it.
public final class OperatorGoldens {
  private OperatorGoldens() {}

  /// Unpacks them.
  ///
  /// @param zip read to its end
  /// @param folder empty one, to unpack to
  /// @return the archives of each operator (such as `add.Tensor`), both in order
  public static SortedMap<String, List<Path>> unpack(InputStream zip, Path folder) {
    SortedMap<String, List<Path>> archives = new TreeMap<>();
    try (ZipInputStream entries = new ZipInputStream(zip)) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        Path file = folder.resolve(entry.getName());
        Path parent = file.toAbsolutePath().getParent();
        Files.createDirectories(parent == null ? folder : parent);
        Files.write(file, entries.readAllBytes());
        if (entry.getName().endsWith(".pt2")) {
          String operator = entry.getName().substring(0, entry.getName().indexOf('/'));
          archives.computeIfAbsent(operator, name -> new ArrayList<>()).add(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return archives;
  }
}
