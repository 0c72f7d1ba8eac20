package dev.octet.rewrite.dynamic;

import dev.octet.ir.NodeSpec;
import java.util.List;

/// `MatMul` as `MatMulInteger`.
final class MatMulForm implements DynamicForm {
  @Override
  public List<String> opTypes() {
    return List.of("MatMul");
  }

  @Override
  public void write(DynamicNode node) {
    node.replaceWith(
        Products.writeIn(
            node.element(0),
            node,
            NodeSpec.of("MatMulInteger"),
            node.operand(0, WeightForm.PLAIN),
            node.operand(1, WeightForm.PLAIN),
            node.node().name(),
            node.node().output(0).name()));
  }
}
