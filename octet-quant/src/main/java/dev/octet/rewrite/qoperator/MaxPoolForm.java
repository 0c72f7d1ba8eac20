package dev.octet.rewrite.qoperator;

import java.util.List;
import java.util.Optional;

/// `MaxPool`, which takes 8-bit integers from opset 12 on.
final class MaxPoolForm implements IntegerForm {
  private static final int EIGHT_BIT = 12;

  @Override
  public List<String> opTypes() {
    return List.of("MaxPool");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    boolean indices = node.node().outputs().size() > 1;
    return node.opset() < EIGHT_BIT || indices
        ? Optional.empty()
        : Movements.write(node).map(Folded.class::cast);
  }
}
