package dev.octet.stats;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/// Counts in bins whose width is a power of two and doubles when a value falls outside, besides
/// smallest and largest value.
public final class HistogramCollector implements Collector {

  @Override
  public void accept(float[] values, int from, int length, long sample) {
    throw new UnsupportedOperationException("not yet");
  }

  @Override
  public void accept(MemorySegment floats, long sample) {
    throw new UnsupportedOperationException("not yet");
  }

  @Override
  public void merge(Collector other) {
    throw new UnsupportedOperationException("not yet");
  }

  @Override
  public long count() {
    throw new UnsupportedOperationException("not yet");
  }

  @Override
  public long nonFinite() {
    throw new UnsupportedOperationException("not yet");
  }

  @Override
  public OptionalLong firstNonFiniteSample() {
    throw new UnsupportedOperationException("not yet");
  }

  @Override
  public Range observed() {
    throw new UnsupportedOperationException("not yet");
  }

  @Override
  public OptionalLong minSample() {
    throw new UnsupportedOperationException("not yet");
  }

  @Override
  public OptionalLong maxSample() {
    throw new UnsupportedOperationException("not yet");
  }
}
