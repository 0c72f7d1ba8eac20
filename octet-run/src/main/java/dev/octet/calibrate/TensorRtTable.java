package dev.octet.calibrate;

import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Range;
import java.nio.file.Path;
import java.util.TreeMap;

/// Calibration tables for TensorRT, as `write_calibration_table` of `onnxruntime.quantization`
/// writes them.
///
/// `calibration.cache` has one line a value, sorted: its name, a blank, and how far from 0 its
/// range goes. That is the largest *magnitude*; the peer writes the larger of the two ends, which
/// is wrong where the negative side is the longer one. `calibration.json` has both ends.
///
/// The peer's third file, `calibration.flatbuffers`, says the same as the first in a format that
/// needs a library of its own; it is not written.
public final class TensorRtTable {
  private TensorRtTable() {}

  /// Writes `calibration.cache` and `calibration.json`, replacing each once it is whole.
  ///
  /// @param folder where to
  /// @throws dev.octet.diagnostic.OctetException `FAILURE` when they cannot be written
  public static void write(CalibrationTable table, Path folder) {
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(table.entries())
        .forEach(
            (name, entry) -> {
              Range range = entry.range();
              lines.append(name).append(' ');
              lines.append((double) Math.max(-range.min(), range.max())).append('\n');
            });
    JsonFile.write(lines.toString(), folder.resolve("calibration.cache"));
    JsonFile.write(PeerCalibrationFile.data(table).toString(), folder.resolve("calibration.json"));
  }
}
