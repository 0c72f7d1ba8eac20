package dev.octet.plan;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Absorb;
import dev.octet.plan.NodeDecision.Keep;
import java.util.List;
import java.util.Optional;

/// `Relu` and `Clip` with constant bounds: quantizing to a range that ends where they cut does
/// their work.
final class BoundQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Relu", "Clip");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    if (node.is("Relu")) {
      return new Absorb(0f, Float.POSITIVE_INFINITY);
    }
    // Attributes below opset 11, inputs since.
    Optional<Float> low = bound(node, "min", 1, Float.NEGATIVE_INFINITY, facts);
    Optional<Float> high = bound(node, "max", 2, Float.POSITIVE_INFINITY, facts);
    if (low.isEmpty() || high.isEmpty()) {
      return new Keep("its bounds are computed, not constant");
    }
    return new Absorb(low.get(), high.get());
  }

  private static Optional<Float> bound(
      Node node, String attribute, int input, float absent, ModelFacts facts) {
    if (node.attributes().containsKey(attribute)) {
      return Optional.of(node.floatAttribute(attribute, absent));
    }
    if (node.input(input).isEmpty()) {
      return Optional.of(absent);
    }
    return facts
        .constantInput(node, input)
        .filter(tensor -> tensor.dataType().isFloat() && tensor.elementCount() == 1)
        .map(DenseTensor.class::cast)
        .map(tensor -> (float) tensor.doubleAt(0));
  }
}
