package dev.octet.calibrate;

import dev.octet.data.Batch;
import java.util.Iterator;
import java.util.Optional;

/// Batches for several workers, each handed out once, with the position of its first sample.
final class NumberedBatches {
  private final Iterator<Batch> batches;
  private long position;
  private long limit;
  private boolean stopped;

  /// @param batches none of them goes across a limit set later
  /// @param first position of the first sample among all
  NumberedBatches(Iterator<Batch> batches, long first) {
    this.batches = batches;
    this.position = first;
    this.limit = first;
  }

  /// The next batch; empty at the limit, at the end and after [#stop()].
  synchronized Optional<Numbered> next() {
    if (stopped || position >= limit || !batches.hasNext()) {
      return Optional.empty();
    }
    Batch batch = batches.next();
    Numbered numbered = new Numbered(batch, position);
    position += batch.samples().size();
    return Optional.of(numbered);
  }

  /// Lets batches be handed out up to this sample.
  synchronized void allowTo(long sample) {
    limit = sample;
  }

  /// Ends the work of all workers after their current batch.
  synchronized void stop() {
    stopped = true;
  }

  /// Position of the sample to be handed out next.
  synchronized long position() {
    return position;
  }

  /// @param first position of the batch's first sample among all
  record Numbered(Batch batch, long first) {}
}
