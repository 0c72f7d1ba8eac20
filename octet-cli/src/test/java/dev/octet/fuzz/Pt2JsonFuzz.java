package dev.octet.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.octet.torch.archive.Pt2Reader;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/// Bytes as the JSON of an exported program, and as the list of its weights, in an intact archive.
public final class Pt2JsonFuzz {
  private static final byte[] NONE = "{\"config\":{}}".getBytes(UTF_8);
  private static final byte[] PROGRAM =
      """
      {"schema_version":{"major":8,"minor":20},"range_constraints":{},"graph_module":{
       "graph":{"inputs":[],"nodes":[],"outputs":[],"tensor_values":{}},
       "signature":{"input_specs":[],"output_specs":[]},"module_call_graph":[]}}
      """
          .getBytes(UTF_8);

  private Pt2JsonFuzz() {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] bytes) {
    read(bytes, NONE);
    read(PROGRAM, bytes);
  }

  private static void read(byte[] program, byte[] weights) {
    MemorySegment archive =
        Zipped.of(
            Map.of(
                "m/archive_format", "pt2".getBytes(UTF_8),
                "m/models/model.json", program,
                "m/data/weights/model_weights_config.json", weights,
                "m/data/weights/weight_0", new byte[64],
                "m/data/constants/model_constants_config.json", NONE));
    FuzzedFile.read(() -> Pt2Reader.parse("the archive", archive));
  }
}
