package dev.octet.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// Measuring data too large or not ours to ship. A test that asks for data that is not there is
/// skipped, not failed.
///
/// The folder is named by the system property `octet.shared` or the environment variable
/// `OCTET_SHARED`; otherwise it is the first `shared` folder holding a `DESIGN.md` beside or above
/// the working directory.
public final class SharedData {
  private static final String MARK = "DESIGN.md";

  private SharedData() {}

  /// Folder of trained ONNX models.
  public static Path models() {
    return folder("models");
  }

  /// Every trained ONNX model, by name.
  public static List<Path> onnxModels() {
    return filesEnding(models(), ".onnx");
  }

  /// One trained ONNX model, such as `mnist8.onnx`.
  public static Path model(String name) {
    return file(models(), name);
  }

  /// Folder of `torch.export` archives.
  public static Path pt2() {
    return folder("pt2");
  }

  /// One `torch.export` archive, such as `n1_dyn.pt2`.
  public static Path pt2(String name) {
    return file(pt2(), name);
  }

  /// Folder of data sets.
  public static Path data() {
    return folder("data");
  }

  private static Path folder(String name) {
    Optional<Path> folder = root().map(root -> root.resolve(name)).filter(Files::isDirectory);
    Assumptions.assumeTrue(folder.isPresent(), "no shared " + name + " on this machine");
    return folder.orElseThrow();
  }

  private static Path file(Path folder, String name) {
    Path file = folder.resolve(name);
    Assumptions.assumeTrue(Files.isRegularFile(file), "no " + name + " on this machine");
    return file;
  }

  private static List<Path> filesEnding(Path folder, String suffix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Optional<Path> root() {
    String named = System.getProperty("octet.shared", System.getenv("OCTET_SHARED"));
    if (named != null && !named.isBlank()) {
      return Optional.of(Path.of(named));
    }
    return Stream.iterate(
            Path.of(System.getProperty("user.dir", ".")).toAbsolutePath(),
            java.util.Objects::nonNull,
            Path::getParent)
        .map(folder -> folder.resolve("shared"))
        .filter(shared -> Files.isRegularFile(shared.resolve(MARK)))
        .findFirst();
  }
}
