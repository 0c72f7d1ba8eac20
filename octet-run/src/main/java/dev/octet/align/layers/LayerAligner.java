package dev.octet.align.layers;

import dev.octet.align.Tolerance;
import dev.octet.data.Batch;
import dev.octet.data.Batches;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.observe.Observation;
import dev.octet.runtime.Pairing;
import dev.octet.runtime.Progress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Runs two models on the same samples, one at a time, and tells how far the values inside them
/// agree.
///
/// Some pairs are observed at a time, as many as fit into [#MOST_BYTES], and the samples are run
/// again for the next; so a model of any depth takes the memory of a part of its values. A value of
/// a body whose rounds do not fit in beside others is observed alone; rounds that do not fit in
/// even
/// then are left out.
public final class LayerAligner {
  /// Bytes of values held on one side at a time.
  public static final long MOST_BYTES = 128L << 20;

  /// Pairs observed first, while their sizes are unknown.
  private static final int FIRST_PAIRS = 16;

  private static final int MOST_PAIRS = 512;

  private final Observable reference;
  private final Observable other;
  private final SampleSource samples;
  private final Tolerance tolerance;
  private final List<LayerAgreement> layers = new ArrayList<>();
  private final Set<ValuePair> unlike = new LinkedHashSet<>();
  private final Map<Place.Body, Map<String, Integer>> unseen = new LinkedHashMap<>();

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
        aligner.unseen(),
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
    GroupComparison comparison = new GroupComparison(group, tolerance, MOST_BYTES / group.size());
    try (Observation one = reference.open(comparison.ours());
        Observation two = other.open(comparison.theirs());
        Stream<Sample> stream = samples.samples();
        Stream<Batch> batches = Batches.of(stream, 1)) {
      Pairing inputs = Pairing.ofInputs(one.runner(), two.runner());
      for (Iterator<Batch> i = batches.iterator(); i.hasNext(); ) {
        comparison.accept(i.next(), one, two, inputs);
      }
    }
    for (LayerComparison layer : comparison.layers()) {
      ValuePair pair = layer.pair();
      String obstacle = comparison.obstacle(layer);
      if (!obstacle.isEmpty()) {
        unseen
            .computeIfAbsent(body(pair), ignored -> new LinkedHashMap<>())
            .merge(obstacle, 1, Integer::sum);
      } else if (comparison.isUnlike(layer)) {
        unlike.add(pair);
      } else if (group.size() > 1 && layer.result().times().filter(Times::areCut).isPresent()) {
        compare(List.of(pair));
      } else {
        layers.add(layer.result());
      }
    }
    return comparison.mostBytes();
  }

  private List<UnseenBody> unseen() {
    List<UnseenBody> bodies = new ArrayList<>();
    unseen.forEach(
        (body, reasons) ->
            reasons.forEach((reason, values) -> bodies.add(new UnseenBody(body, values, reason))));
    return bodies;
  }

  private static Place.Body body(ValuePair pair) {
    return pair.other().body().or(pair.reference()::body).orElseThrow();
  }
}
