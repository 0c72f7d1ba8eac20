package dev.octet.ir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Where the bytes of computed tensors lie, and what becomes of the physical memory behind mapped
/// ones.
public final class TensorMemory {
  private static final long MOST_ON_HEAP = 1 << 20;

  // Fewer pages are not worth a call of the system.
  private static final long LEAST_RELEASED = 1 << 16;

  private TensorMemory() {}

  /// Zeroed memory for a tensor: on the heap when small, outside it otherwise, so that weights do
  /// not ask for a larger heap. It lives as long as it can be reached.
  public static MemorySegment allocate(long bytes) {
    return bytes <= MOST_ON_HEAP
        ? MemorySegment.ofArray(new byte[(int) bytes])
        : Arena.ofAuto().allocate(bytes, Long.BYTES);
  }

  /// Lets go of the physical memory behind bytes of a file mapped read-only or shared, which were
  /// just read and are not needed again soon. They stay readable; nothing happens to other bytes.
  public static void release(MemorySegment read) {
    if (read.isMapped() && read.byteSize() >= LEAST_RELEASED) {
      read.unload();
    }
  }
}
