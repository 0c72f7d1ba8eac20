package dev.octet.align.layers;

import dev.octet.align.Tolerance;
import dev.octet.data.Batch;
import dev.octet.ir.Tensor;
import dev.octet.observe.Observation;
import dev.octet.observe.Recording;
import dev.octet.runtime.Pairing;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The pairs that are observed at one time.
final class GroupComparison {
  private final List<LayerComparison> layers;
  private final long mostBytesEach;
  private final Set<String> ours = new LinkedHashSet<>();
  private final Set<String> theirs = new LinkedHashSet<>();
  private final Set<LayerComparison> unlike = new HashSet<>();
  private final Map<LayerComparison, String> obstacles = new HashMap<>();
  private int batches;
  private long mostBytes;

  /// @param mostBytesEach kept of each value
  GroupComparison(List<ValuePair> pairs, Tolerance tolerance, long mostBytesEach) {
    this.layers = pairs.stream().map(pair -> new LayerComparison(pair, tolerance)).toList();
    this.mostBytesEach = mostBytesEach;
    for (ValuePair pair : pairs) {
      ours.add(pair.reference().value());
      pair.beforeRounding().ifPresent(ours::add);
      theirs.add(pair.other().value());
    }
  }

  List<LayerComparison> layers() {
    return layers;
  }

  /// Names of the values to observe in the reference.
  Set<String> ours() {
    return ours;
  }

  /// Names of the values to observe in the other model.
  Set<String> theirs() {
    return theirs;
  }

  /// Runs both models.
  ///
  /// @param inputs which input of one is which of the other
  void accept(Batch batch, Observation one, Observation two, Pairing inputs) {
    Map<String, Tensor> feeds = batch.inputs();
    Map<String, Recording> wanted = one.run(feeds, mostBytesEach);
    Map<String, Recording> got = two.run(inputs.rename(feeds), mostBytesEach);
    mostBytes = Math.max(mostBytes, Math.max(bytes(wanted.values()), bytes(got.values())));
    for (LayerComparison layer : layers) {
      if (!unlike.contains(layer) && !obstacles.containsKey(layer)) {
        accept(batch, layer, wanted, got);
      }
    }
    batches++;
  }

  /// Whether two values have not one shape, and so cannot be compared.
  boolean isUnlike(LayerComparison layer) {
    return unlike.contains(layer);
  }

  /// Why two values were not compared; empty when they were.
  String obstacle(LayerComparison layer) {
    return obstacles.getOrDefault(layer, layer.isNeverRun() ? "not run on any sample" : "");
  }

  /// The most bytes that the values of one model took at a time.
  long mostBytes() {
    return mostBytes;
  }

  private void accept(
      Batch batch,
      LayerComparison layer,
      Map<String, Recording> wanted,
      Map<String, Recording> got) {
    Recording reference = Objects.requireNonNull(wanted.get(layer.pair().reference().value()));
    Recording other = Objects.requireNonNull(got.get(layer.pair().other().value()));
    Recording before =
        layer
            .pair()
            .beforeRounding()
            .map(name -> Objects.requireNonNull(wanted.get(name)))
            .orElse(reference);
    String obstacle = reference.obstacle().isEmpty() ? other.obstacle() : reference.obstacle();
    if (!obstacle.isEmpty()) {
      obstacles.put(layer, obstacle);
    } else if (!layer.accept(batch, batches, reference, other, before)) {
      unlike.add(layer);
    }
  }

  private static long bytes(Collection<Recording> values) {
    return values.stream().mapToLong(Recording::byteSize).sum();
  }
}
