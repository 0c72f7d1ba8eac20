package dev.octet.plan;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Keep;
import dev.octet.plan.NodeDecision.Operand;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// `MatMul`, constant or computed on either side. A constant second factor has its output channels
/// on the last axis, where ONNX Runtime's Python tool always takes axis 1; its kernels take a scale
/// per channel for matrices only, so others get one scale.
final class MatMulQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("MatMul");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    if (node.inputs().size() != 2) {
      return new Keep("a matrix product has two factors");
    }
    Optional<DenseTensor> left = facts.constantInput(node, 0);
    Optional<DenseTensor> right = facts.constantInput(node, 1);
    if (left.isPresent() && right.isPresent()) {
      return new Keep("both factors are constant: fold it");
    }
    return Quantize.of(
        Standing.ANCHOR_WITH_FLOAT_RESULT,
        List.of(
            left.isPresent() ? leftFactor(left.get()) : new Operand.Activation(),
            right.map(MatMulQuantizer::rightFactor).orElseGet(Operand.Activation::new)),
        List.of(new Result.OwnRange()));
  }

  private static Operand leftFactor(DenseTensor matrix) {
    int rank = matrix.dims().size();
    return new Operand.Weight(
        OptionalInt.empty(), rank >= 2 ? OptionalInt.of(rank - 1) : OptionalInt.empty(), 1f);
  }

  private static Operand rightFactor(DenseTensor matrix) {
    int rank = matrix.dims().size();
    return new Operand.Weight(
        rank == 2 ? OptionalInt.of(1) : OptionalInt.empty(),
        rank >= 2 ? OptionalInt.of(rank - 2) : OptionalInt.empty(),
        1f);
  }
}
