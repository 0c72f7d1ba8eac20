package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Tensor;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Samples that a caller makes as they are asked for.
record IterableSamples(Iterable<Map<String, Tensor>> all, long size) implements SampleSource {

  /// Counts the samples, by going through them where nothing else tells.
  static IterableSamples of(Iterable<Map<String, Tensor>> all) {
    long size = all instanceof Collection<?> listed ? listed.size() : 0;
    if (!(all instanceof Collection<?>)) {
      for (Map<String, Tensor> ignored : all) {
        size++;
      }
    }
    if (size == 0) {
      throw OctetException.badInput("no-samples", "samples", "there are none", "give at least one");
    }
    return new IterableSamples(all, size);
  }

  @Override
  public List<String> labels() {
    return List.of();
  }

  @Override
  public Stream<Sample> samples() {
    AtomicLong index = new AtomicLong();
    return StreamSupport.stream(all.spliterator(), false)
        .map(inputs -> Sample.unlabelled("sample " + index.getAndIncrement(), inputs));
  }
}
