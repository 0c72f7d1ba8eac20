package dev.octet.align;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// How two models are compared.
///
/// @param tolerance when numbers count as equal
/// @param batchSize samples a run, where both models take that many
/// @param observe values inside the models to compare too: name in the reference to name in the
///     other
public record AlignOptions(Tolerance tolerance, int batchSize, Map<String, String> observe) {
  /// Float32 tolerances, 32 samples a run, outputs only.
  public static final AlignOptions DEFAULT = new AlignOptions(Tolerance.FLOAT32, 32, Map.of());

  public AlignOptions {
    observe = Collections.unmodifiableMap(new LinkedHashMap<>(observe));
    if (batchSize < 1) {
      throw new IllegalArgumentException("batches of " + batchSize + " samples");
    }
  }

  public AlignOptions withTolerance(Tolerance other) {
    return new AlignOptions(other, batchSize, observe);
  }

  public AlignOptions withBatchSize(int size) {
    return new AlignOptions(tolerance, size, observe);
  }

  public AlignOptions withObserved(Map<String, String> pairs) {
    return new AlignOptions(tolerance, batchSize, pairs);
  }
}
