package dev.octet.plan;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Keep;
import dev.octet.plan.NodeDecision.Operand;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// `Conv` and `ConvTranspose` with constant weights. Weight layouts: `Conv` M×C/group×k…, output
/// channel first; `ConvTranspose` C×M/group×k…, output channel second, and not on an axis of its
/// own when there are groups. ONNX Runtime has no integer `ConvTranspose` on the CPU: there it
/// computes in float from codes, and what is gained is the size of the file.
final class ConvolutionQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Conv", "ConvTranspose");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    Optional<DenseTensor> weight = facts.constantInput(node, 1);
    if (weight.isEmpty()) {
      return new Keep("its weight is computed, not constant");
    }
    if (!facts.isReal(node, 1) || weight.get().dims().size() < 3) {
      return new Keep("its weight is not a float tensor of rank 3 or more");
    }
    long groups = node.intAttribute("group", 1);
    long channels =
        node.is("Conv") ? weight.get().dims().get(0) : weight.get().dims().get(1) * groups;
    Operand weightRole =
        node.is("Conv")
            ? Operands.weight(0, 1, 1f)
            : new Operand.Weight(
                groups == 1 ? OptionalInt.of(1) : OptionalInt.empty(), OptionalInt.of(0), 1f);
    List<Operand> operands = new ArrayList<>(List.of(new Operand.Activation(), weightRole));
    switch (Operands.bias(node, 2, facts, channels, Optional.empty())) {
      case Operands.BiasRole.Absent() -> {}
      case Operands.BiasRole.Fit(Operand.Bias bias) -> operands.add(bias);
      case Operands.BiasRole.Unfit(String reason) -> {
        return new Keep(reason);
      }
    }
    return Quantize.of(Standing.ANCHOR, operands, List.of(new Result.OwnRange()));
  }
}
