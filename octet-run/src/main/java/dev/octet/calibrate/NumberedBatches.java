package dev.octet.calibrate;

import dev.octet.data.Batch;
import java.util.Iterator;
import java.util.Optional;

/// Batches for several workers, each handed out once, with the position of its first sample.
final class NumberedBatches {
  private final Iterator<Batch> batches;
  private long given;
  private boolean stopped;

  NumberedBatches(Iterator<Batch> batches) {
    this.batches = batches;
  }

  /// The next batch; empty at the end and after [#stop()].
  synchronized Optional<Numbered> next() {
    if (stopped || !batches.hasNext()) {
      return Optional.empty();
    }
    Batch batch = batches.next();
    Numbered numbered = new Numbered(batch, given);
    given += batch.samples().size();
    return Optional.of(numbered);
  }

  /// Ends the work of all workers after their current batch.
  synchronized void stop() {
    stopped = true;
  }

  synchronized long given() {
    return given;
  }

  /// @param first position of the batch's first sample among all
  record Numbered(Batch batch, long first) {}
}
