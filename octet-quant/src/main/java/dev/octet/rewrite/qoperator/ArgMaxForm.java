package dev.octet.rewrite.qoperator;

import java.util.List;
import java.util.Optional;

/// `ArgMax` of codes: the largest code stands for the largest number.
final class ArgMaxForm implements IntegerForm {
  private static final int EIGHT_BIT_KERNEL = 12;

  @Override
  public List<String> opTypes() {
    return List.of("ArgMax");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    Optional<Codes> data = node.activation(0);
    return node.opset() < EIGHT_BIT_KERNEL || data.isEmpty()
        ? Optional.empty()
        : Folded.same(node.node(), node.inputsWith(0, data.get().codes()))
            .map(folded -> folded.with(Result.REAL));
  }
}
