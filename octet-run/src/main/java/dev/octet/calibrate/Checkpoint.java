package dev.octet.calibrate;

import java.nio.file.Path;

/// Where a calibration keeps its progress, so that another process can go on after this one was
/// ended, however roughly: the file is always a whole one, and is deleted when the work is done.
///
/// @param file read at the start if it is there
/// @param everySamples how often it is written, rounded up to whole batches
public record Checkpoint(Path file, int everySamples) {
  public Checkpoint {
    if (everySamples < 1) {
      throw new IllegalArgumentException("a checkpoint every " + everySamples + " samples");
    }
  }
}
