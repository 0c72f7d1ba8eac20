package dev.octet.rewrite.qoperator;

import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `Add` and `Mul` as `QLinearAdd` and `QLinearMul`.
final class BinaryForm implements IntegerForm {
  @Override
  public List<String> opTypes() {
    return List.of("Add", "Mul");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    Optional<Codes> left = node.activation(0);
    Optional<Codes> right = node.activation(1);
    Optional<Codes> result = node.result(0);
    if (left.isEmpty()
        || right.isEmpty()
        || result.isEmpty()
        || left.get().type() != right.get().type()
        || left.get().type() != result.get().type()) {
      return Optional.empty();
    }
    List<Value> inputs = new ArrayList<>(node.triple(left.get()));
    inputs.addAll(node.triple(right.get()));
    inputs.addAll(node.grid(result.get()));
    return Folded.toCodes(
        Operators.microsoft("QLinear" + node.node().opType(), node.node()).inputs(inputs));
  }
}
