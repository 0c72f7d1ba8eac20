package dev.octet.plan;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.DynamicDecision.Keep;
import dev.octet.plan.DynamicDecision.Move;
import java.util.List;
import java.util.Optional;

/// `Gather` from a constant table of floats: the table is stored in a quarter of the space, and
/// what is looked up stays codes where products read it.
final class DynamicLookup implements DynamicQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Gather");
  }

  @Override
  public DynamicDecision decide(Node node, ModelFacts facts) {
    Optional<DenseTensor> table = DynamicRoles.floatConstant(node, 0, facts);
    if (table.isEmpty()) {
      return new Keep("it does not look up in a constant table of floats");
    }
    return table.get().dims().size() < 2
        ? new Keep("its table is a list of numbers, not of rows")
        : new Move();
  }
}
