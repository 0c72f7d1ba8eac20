package dev.octet.rewrite.qoperator;

import dev.octet.ir.NodeSpec;
import java.util.List;
import java.util.Optional;

/// `Softmax` as `QLinearSoftmax`, which is told the opset because `Softmax` changed its meaning:
/// below 13 it flattens everything from the axis on, by default from axis 1.
final class SoftmaxForm implements IntegerForm {
  private static final int LAST_AXIS_BY_DEFAULT = 13;

  @Override
  public List<String> opTypes() {
    return List.of("Softmax");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    NodeSpec operator =
        Operators.microsoft("QLinearSoftmax", node.node()).attribute("opset", node.opset());
    boolean stated = node.node().attributes().containsKey("axis");
    if (!stated && node.opset() < LAST_AXIS_BY_DEFAULT) {
      operator = operator.attribute("axis", 1);
    }
    return UnaryForms.write(node, operator).flatMap(Folded::toCodes);
  }
}
