package dev.octet.plan;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Operand;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `Pad` with zeros or with its own edge: every range holds zero, so the codes serve. Another
/// constant could lie outside, so the result has a range of its own then.
final class PadQuantizer implements OpQuantizer {
  private static final int VALUE = 2;

  @Override
  public List<String> opTypes() {
    return List.of("Pad");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    if (node.stringAttribute("mode", "constant").equals("constant") && !padsWithZero(node, facts)) {
      List<Operand> operands = new ArrayList<>(Operands.firstOnly(node));
      if (node.input(VALUE).isPresent()) {
        operands.set(VALUE, new Operand.Activation());
      }
      return Quantize.of(Standing.ON_REQUEST, operands, List.of(new Result.OwnRange()));
    }
    return Quantize.of(Standing.CONNECTED, Operands.firstOnly(node), List.of(new Result.SameAs(0)));
  }

  private static boolean padsWithZero(Node node, ModelFacts facts) {
    if (node.attributes().containsKey("value")) {
      return node.floatAttribute("value", 0f) == 0f;
    }
    if (node.input(VALUE).isEmpty()) {
      return true;
    }
    Optional<DenseTensor> value = facts.constantInput(node, VALUE);
    return value.isPresent()
        && value.get().dataType().isFloat()
        && value.get().elementCount() == 1
        && value.get().doubleAt(0) == 0;
  }
}
