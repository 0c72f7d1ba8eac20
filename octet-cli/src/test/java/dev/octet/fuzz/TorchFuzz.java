package dev.octet.fuzz;

import dev.octet.torch.archive.CheckpointReader;
import dev.octet.torch.archive.Pt2Reader;
import java.lang.foreign.MemorySegment;

/// Bytes as what PyTorch writes: an exported program's archive, a checkpoint's zip, its older form,
/// safetensors. What lies inside a zip has targets of its own, [Pt2JsonFuzz] and [PickleFuzz].
public final class TorchFuzz {
  private TorchFuzz() {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] bytes) {
    MemorySegment memory = MemorySegment.ofArray(bytes);
    FuzzedFile.read(() -> Pt2Reader.parse("the archive", memory));
    FuzzedFile.read(() -> CheckpointReader.parse("the checkpoint", memory));
  }
}
