package dev.octet.calibrate;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Range;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Calibration tables for TensorRT, as `write_calibration_table` of `onnxruntime.quantization`
/// writes them.
///
/// `calibration.cache` has one line a value, sorted: its name, a blank, and how far from 0 its
/// range goes. That is the largest *magnitude*; the peer writes the larger of the two ends, which
/// is wrong where the negative side is the longer one. `calibration.flatbuffers` says the same as
/// a table that `CalTableFlatBuffers` describes, the form that ONNX Runtime's TensorRT provider
/// reads. `calibration.json` has both ends.
public final class TensorRtTable {
  /// Fields of the tables of `CalTableFlatBuffers`, in its order.
  private static final int TABLE_FIELDS = 1;

  private static final int TABLE_DICT = 0;
  private static final int ENTRY_FIELDS = 2;
  private static final int ENTRY_KEY = 0;
  private static final int ENTRY_VALUE = 1;

  private TensorRtTable() {}

  /// Writes the three files, replacing each once it is whole.
  ///
  /// @param folder where to
  /// @throws dev.octet.diagnostic.OctetException `FAILURE` when they cannot be written
  public static void write(CalibrationTable table, Path folder) {
    SortedMap<String, String> reaches = new TreeMap<>();
    table.entries().forEach((name, entry) -> reaches.put(name, reach(entry.range())));
    StringBuilder lines = new StringBuilder();
    reaches.forEach((name, reach) -> lines.append(name).append(' ').append(reach).append('\n'));
    WholeFile.write(lines.toString(), folder.resolve("calibration.cache"));
    WholeFile.write(flatBuffer(reaches), folder.resolve("calibration.flatbuffers"));
    WholeFile.write(PeerCalibrationFile.data(table).toString(), folder.resolve("calibration.json"));
  }

  /// How far a range goes from 0, written as Python writes a number.
  private static String reach(Range range) {
    double reach = Math.max(-range.min(), range.max());
    if ((reach >= 1e-4 && reach < 1e16) || reach == 0) {
      return new BigDecimal(Double.toString(reach)).toPlainString();
    }
    String[] parts = Double.toString(reach).split("E", -1);
    int exponent = Integer.parseInt(parts[1]);
    return "%se%+03d".formatted(parts[0].replaceFirst("\\.0$", ""), exponent);
  }

  private static byte[] flatBuffer(SortedMap<String, String> reaches) {
    FlatBufferBuilder builder = new FlatBufferBuilder(1024);
    int[] entries = new int[reaches.size()];
    int count = 0;
    for (Map.Entry<String, String> each : reaches.entrySet()) {
      int key = builder.createString(each.getKey());
      int value = builder.createString(each.getValue());
      builder.startTable(ENTRY_FIELDS);
      builder.addOffset(ENTRY_KEY, key, 0);
      builder.addOffset(ENTRY_VALUE, value, 0);
      entries[count++] = builder.endTable();
    }
    // Vectors are written from their end; the peer does not turn its entries round for that.
    builder.startVector(Integer.BYTES, count, Integer.BYTES);
    for (int entry : entries) {
      builder.addOffset(entry);
    }
    int dict = builder.endVector();
    builder.startTable(TABLE_FIELDS);
    builder.addOffset(TABLE_DICT, dict, 0);
    builder.finish(builder.endTable());
    return builder.sizedByteArray();
  }
}
