package dev.octet.fuzz;

import dev.octet.calibrate.CalibrationFile;
import java.nio.file.Path;

/// Bytes as a calibration table of ours, with and without statistics, or as the peer's cache.
public final class CalibrationFuzz {
  private CalibrationFuzz() {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] bytes) {
    Path file = FuzzedFile.of("table.json", bytes);
    FuzzedFile.read(() -> CalibrationFile.readAny(file));
    FuzzedFile.read(() -> CalibrationFile.readStatistics(file).table());
  }
}
