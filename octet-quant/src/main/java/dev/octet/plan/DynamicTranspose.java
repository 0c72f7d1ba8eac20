package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.DynamicDecision.Move;
import java.util.List;

/// `Transpose` of what is there as codes anyway.
final class DynamicTranspose implements DynamicQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Transpose");
  }

  @Override
  public DynamicDecision decide(Node node, ModelFacts facts) {
    return new Move();
  }
}
