package dev.octet.inspect;

import dev.octet.ir.Model;
import java.util.Map;

/// Compares the weights and biases of two models, paired by their place in the graph.
public final class ModelDiff {
  /// Tolerances of the notes' layer-by-layer comparison.
  public static final double RTOL = 1e-3;

  public static final double ATOL = 1e-5;

  private ModelDiff() {}

  /// As [#diff(Model, Model, double, double)] with the standard tolerances.
  public static ModelDifference diff(Model first, Model second) {
    return diff(first, second, RTOL, ATOL);
  }

  /// Pairs the layers and compares what they hold.
  ///
  /// @param first the model whose values are the actual ones
  /// @param second the model whose values are the desired ones, which tolerances are relative to
  public static ModelDifference diff(Model first, Model second, double rtol, double atol) {
    return new LayerPairing(first, second).compare(rtol, atol);
  }

  /// What paired layers compute: name in the first model to name in the second, in the first's
  /// order. A layer is left out when only one of the two has a bias.
  public static Map<String, String> pairedResults(Model first, Model second) {
    return new LayerPairing(first, second).results();
  }
}
