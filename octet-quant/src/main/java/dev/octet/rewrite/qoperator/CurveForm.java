package dev.octet.rewrite.qoperator;

import java.util.List;
import java.util.Optional;

/// `Sigmoid` and `LeakyRelu` as tables of 256 codes.
final class CurveForm implements IntegerForm {
  @Override
  public List<String> opTypes() {
    return List.of("Sigmoid", "LeakyRelu");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    return UnaryForms.write(
            node, Operators.microsoft("QLinear" + node.node().opType(), node.node()))
        .flatMap(Folded::toCodes);
  }
}
