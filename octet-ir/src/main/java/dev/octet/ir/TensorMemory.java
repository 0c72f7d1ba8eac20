package dev.octet.ir;

import dev.octet.diagnostic.OctetException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Where the bytes of computed tensors lie, and what becomes of the physical memory behind mapped
/// ones.
public final class TensorMemory {
  private static final long MOST_ON_HEAP = 1 << 20;

  // Fewer pages are not worth a call of the system.
  private static final long LEAST_RELEASED = 1 << 16;

  private TensorMemory() {}

  /// Zeroed memory for a tensor: on the heap when small, in a temporary file without a name
  /// otherwise, so that weights need neither a larger heap nor physical memory of their own. It
  /// lives as long as it can be reached.
  ///
  /// @throws OctetException of kind `FAILURE` when the folder for temporary files has no room
  public static MemorySegment allocate(long bytes) {
    if (bytes <= MOST_ON_HEAP) {
      return MemorySegment.ofArray(new byte[(int) bytes]);
    }
    try {
      Path file = Files.createTempFile("octet", ".tensor");
      // Writing to a mapping finds a full disk too late to say so.
      long room = Files.getFileStore(file).getUsableSpace();
      try (FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE)) {
        if (room < bytes) {
          throw new IOException("only " + room + " bytes are left");
        }
        return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, Arena.ofAuto());
      }
    } catch (IOException e) {
      throw OctetException.failure(
          "no-scratch-space",
          System.getProperty("java.io.tmpdir", "the folder for temporary files"),
          "has no room for a computed tensor of " + bytes + " bytes: " + e.getMessage(),
          "free some, or name another folder with -Djava.io.tmpdir=FOLDER",
          e);
    }
  }

  /// Lets go of the physical memory behind bytes of a file mapped read-only or shared, which were
  /// just used and are not needed again soon. They stay what they are; nothing happens to other
  /// bytes.
  public static void release(MemorySegment used) {
    if (used.isMapped() && used.byteSize() >= LEAST_RELEASED) {
      used.unload();
    }
  }
}
