package dev.octet.fuzz;

import dev.octet.torch.archive.CheckpointReader;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/// Bytes as the pickle of a checkpoint, in an intact archive.
public final class PickleFuzz {
  private PickleFuzz() {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] bytes) {
    MemorySegment archive =
        Zipped.of(Map.of("m/data.pkl", bytes, "m/data/0", new byte[64], "m/data/1", new byte[64]));
    FuzzedFile.read(() -> CheckpointReader.parse("the checkpoint", archive));
  }
}
