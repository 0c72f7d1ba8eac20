package dev.octet.data;

import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/// Some of another source's samples.
///
/// @param chosen their positions there
record ChosenSamples(SampleSource all, BitSet chosen) implements SampleSource {
  @Override
  public List<String> labels() {
    return all.labels();
  }

  @Override
  public List<String> notes() {
    return all.notes();
  }

  @Override
  public long size() {
    return chosen.cardinality();
  }

  @Override
  public Stream<Sample> samples() {
    return all.samplesAt(chosen);
  }

  @Override
  public Stream<Sample> samplesFrom(long first) {
    BitSet wanted = new BitSet();
    wanted.set(Math.toIntExact(Math.min(first, size())), Math.toIntExact(size()));
    return samplesAt(wanted);
  }

  @Override
  public Stream<Sample> samplesAt(BitSet positions) {
    BitSet wanted = new BitSet(chosen.length());
    int[] there = chosen.stream().toArray();
    positions.stream().forEach(position -> wanted.set(there[position]));
    return all.samplesAt(wanted);
  }

  @Override
  public int[] classes() {
    int[] classes = all.classes();
    return chosen.stream().map(position -> classes[position]).toArray();
  }
}
