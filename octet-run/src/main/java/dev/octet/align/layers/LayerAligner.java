package dev.octet.align.layers;

import dev.octet.align.TensorComparison;
import dev.octet.align.Tolerance;
import dev.octet.data.Batch;
import dev.octet.data.Batches;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Tensor;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.Pairing;
import dev.octet.runtime.Progress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// Runs two models on the same samples, one at a time, and tells how far the values inside them
/// agree.
///
/// Some pairs are observed at a time, as many as fit into [#MOST_BYTES], and the samples are run
/// again for the next; so a model of any depth takes the memory of a part of its values.
public final class LayerAligner {
  /// Bytes of values held on one side at a time.
  private static final long MOST_BYTES = 128L << 20;

  /// Pairs observed first, while their sizes are unknown.
  private static final int FIRST_PAIRS = 16;

  private static final int MOST_PAIRS = 512;

  private final Observable reference;
  private final Observable other;
  private final SampleSource samples;
  private final Tolerance tolerance;
  private final List<LayerAgreement> layers = new ArrayList<>();
  private final Set<ValuePair> unlike = new LinkedHashSet<>();

  private LayerAligner(
      Observable reference, Observable other, SampleSource samples, Tolerance tolerance) {
    this.reference = reference;
    this.other = other;
    this.samples = samples;
    this.tolerance = tolerance;
  }

  /// Compares the paired values of `other` with those of `reference`.
  ///
  /// @param samples for the inputs of `reference`; they may differ in shape
  /// @return figures for each pair; not agreeing is no failure
  /// @throws OctetException when a model does not run on a sample
  public static LayerAlignment align(
      Observable reference,
      Observable other,
      ValuePairs pairs,
      SampleSource samples,
      Tolerance tolerance,
      Progress progress) {
    LayerAligner aligner = new LayerAligner(reference, other, samples, tolerance);
    aligner.run(pairs.pairs(), progress);
    int given = aligner.unlike.size();
    return new LayerAlignment(
        tolerance,
        aligner.layers,
        List.copyOf(aligner.unlike),
        pairs.referenceAlone() + given,
        pairs.otherAlone() + given,
        pairs.unseen(),
        pairs.how());
  }

  private void run(List<ValuePair> pairs, Progress progress) {
    int size = FIRST_PAIRS;
    for (int from = 0; from < pairs.size(); ) {
      List<ValuePair> group = pairs.subList(from, Math.min(from + size, pairs.size()));
      long bytes = compare(group);
      from += group.size();
      progress.update(from, pairs.size());
      long fitting = group.size() * MOST_BYTES / Math.max(1, bytes);
      size = Math.clamp(fitting, 1, MOST_PAIRS);
    }
  }

  /// Runs all samples, observing these pairs.
  ///
  /// @return the most bytes their values took on one side
  private long compare(List<ValuePair> group) {
    Set<String> ours = new LinkedHashSet<>();
    Set<String> theirs = new LinkedHashSet<>();
    for (ValuePair pair : group) {
      ours.add(pair.reference().value());
      pair.beforeRounding().ifPresent(ours::add);
      theirs.add(pair.other().value());
    }
    List<LayerComparison> comparisons =
        group.stream().map(pair -> new LayerComparison(pair, tolerance)).toList();
    Set<LayerComparison> givenUp = new HashSet<>();
    long most = 0;
    try (ModelRunner one = reference.open(ours);
        ModelRunner two = other.open(theirs);
        Stream<Sample> stream = samples.samples();
        Stream<Batch> batches = Batches.of(stream, 1)) {
      Pairing inputs = Pairing.ofInputs(one, two);
      for (Iterator<Batch> i = batches.iterator(); i.hasNext(); ) {
        Batch batch = i.next();
        Map<String, Tensor> wanted = one.run(batch.inputs(), ours);
        Map<String, Tensor> got = two.run(inputs.rename(batch.inputs()), theirs);
        most = Math.max(most, bytes(wanted));
        for (LayerComparison comparison : comparisons) {
          if (!givenUp.contains(comparison) && !compare(comparison, batch, wanted, got)) {
            givenUp.add(comparison);
          }
        }
      }
    }
    for (LayerComparison comparison : comparisons) {
      if (givenUp.contains(comparison)) {
        unlike.add(comparison.pair());
      } else {
        layers.add(comparison.result());
      }
    }
    return most;
  }

  /// Whether the two values have one shape, and so can be compared.
  private static boolean compare(
      LayerComparison comparison,
      Batch batch,
      Map<String, Tensor> wanted,
      Map<String, Tensor> got) {
    ValuePair pair = comparison.pair();
    Tensor reference = Objects.requireNonNull(wanted.get(pair.reference().value()));
    Tensor other = Objects.requireNonNull(got.get(pair.other().value()));
    if (!TensorComparison.haveOneShape(reference, other)) {
      return false;
    }
    Tensor before =
        pair.beforeRounding()
            .map(name -> Objects.requireNonNull(wanted.get(name)))
            .orElse(reference);
    comparison.accept(batch, reference, other, before);
    return true;
  }

  private static long bytes(Map<String, Tensor> values) {
    return values.values().stream().mapToLong(Tensor::byteSize).sum();
  }
}
