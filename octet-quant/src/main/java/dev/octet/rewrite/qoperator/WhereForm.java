package dev.octet.rewrite.qoperator;

import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `Where` as `QLinearWhere`: the condition, then each side, then the result's grid.
final class WhereForm implements IntegerForm {
  @Override
  public List<String> opTypes() {
    return List.of("Where");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    Optional<Codes> left = node.activation(1);
    Optional<Codes> right = node.activation(2);
    Optional<Codes> result = node.result(0);
    if (left.isEmpty()
        || right.isEmpty()
        || result.isEmpty()
        || left.get().type() != right.get().type()
        || left.get().type() != result.get().type()) {
      return Optional.empty();
    }
    List<Value> inputs = new ArrayList<>(List.of(node.node().input(0).orElseThrow()));
    inputs.addAll(node.triple(left.get()));
    inputs.addAll(node.triple(right.get()));
    inputs.addAll(node.grid(result.get()));
    return Folded.toCodes(Operators.microsoft("QLinearWhere", node.node()).inputs(inputs));
  }
}
