package dev.octet.rewrite.qoperator;

import java.util.List;
import java.util.Optional;

/// `TopK`: codes are in the order of the numbers they stand for. The indices stay what they are.
final class TopKForm implements IntegerForm {
  private static final int EIGHT_BIT_KERNEL = 11;

  @Override
  public List<String> opTypes() {
    return List.of("TopK");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    Optional<Codes> data = node.activation(0);
    if (node.opset() < EIGHT_BIT_KERNEL
        || data.isEmpty()
        || node.result(0).filter(data.get()::sameGridAs).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(Folded.same(node.node(), node.inputsWith(0, data.get().codes())));
  }
}
