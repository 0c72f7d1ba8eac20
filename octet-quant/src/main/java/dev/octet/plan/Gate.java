package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.numeric.QuantType;
import dev.octet.stats.Range;
import java.util.List;
import java.util.Optional;

/// `x · sigmoid(x)`, which many networks use for a rectifier (SiLU, swish), written as two nodes.
final class Gate {
  private static final double LEAST = -0.2785; // of x · sigmoid(x)
  private static final float FIRST = -4f;
  private static final float STEP = 0.25f;

  private Gate() {}

  /// Whether a value is read for its gated form and nothing else.
  static boolean readsAlone(Value x) {
    List<Node> readers = x.uses().stream().map(Use::node).toList();
    if (readers.size() != 2 || x.isGraphOutput()) {
      return false;
    }
    Optional<Value> sigmoid =
        readers.stream().filter(node -> node.is("Sigmoid")).map(node -> node.output(0)).findFirst();
    return sigmoid.isPresent()
        && sigmoid.get().useCount() == 1
        && !sigmoid.get().isGraphOutput()
        && readers.stream()
            .anyMatch(node -> node.is("Mul") && node.inputs().contains(sigmoid.get()));
  }

  /// The part of x's range that shows in the product's codes: what lies far below 0 gives products
  /// that no code tells from 0, so x need not have codes for it.
  ///
  /// @param range of x
  /// @param type of the product's codes
  static Range telling(Range range, QuantType type) {
    double codes = (double) type.qmax() - type.qmin();
    double half = (Math.max(0, range.max()) - LEAST) / codes / 2;
    float low = FIRST;
    while (-low / (1 + Math.exp(-low)) > half) {
      low -= STEP;
    }
    return range.min() < low ? new Range(low, Math.max(range.max(), low)) : range;
  }
}
