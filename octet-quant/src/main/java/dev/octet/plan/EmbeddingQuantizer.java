package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Operand;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.ArrayList;
import java.util.List;

/// `EmbedLayerNormalization` of ONNX Runtime: three tables of embeddings, a scale and a bias, all
/// read as 8-bit codes of one scale each.
final class EmbeddingQuantizer implements OpQuantizer {
  private static final int FIRST_TABLE = 2;
  private static final int BIAS = 6;

  @Override
  public List<String> opTypes() {
    return List.of("com.microsoft.EmbedLayerNormalization");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      boolean table = i >= FIRST_TABLE && i <= BIAS && node.input(i).isPresent();
      operands.add(table ? new Operand.Activation() : new Operand.Untouched());
    }
    return Quantize.of(
        Standing.ON_REQUEST, operands, Operands.firstResult(node, new Result.OwnRange()));
  }
}
