package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import java.util.List;
import java.util.stream.Stream;

/// Samples held in a list.
record ListedSamples(List<String> labels, List<Sample> list) implements SampleSource {
  ListedSamples {
    if (list.isEmpty()) {
      throw OctetException.badInput("no-samples", "samples", "there are none", "give at least one");
    }
  }

  @Override
  public long size() {
    return list.size();
  }

  @Override
  public Stream<Sample> samples() {
    return list.stream();
  }
}
