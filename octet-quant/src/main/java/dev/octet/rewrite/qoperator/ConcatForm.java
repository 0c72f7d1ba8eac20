package dev.octet.rewrite.qoperator;

import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `Concat` as `QLinearConcat`, which lists its result's scale and zero point first.
final class ConcatForm implements IntegerForm {
  @Override
  public List<String> opTypes() {
    return List.of("Concat");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    Optional<Codes> result = node.result(0);
    if (result.isEmpty()) {
      return Optional.empty();
    }
    List<Value> inputs = new ArrayList<>(node.grid(result.get()));
    for (int i = 0; i < node.node().inputs().size(); i++) {
      Optional<Codes> part = node.activation(i);
      if (part.isEmpty() || part.get().type() != result.get().type()) {
        return Optional.empty();
      }
      inputs.addAll(node.triple(part.get()));
    }
    return Folded.toCodes(Operators.microsoft("QLinearConcat", node.node()).inputs(inputs));
  }
}
