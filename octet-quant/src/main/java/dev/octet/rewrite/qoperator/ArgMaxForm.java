package dev.octet.rewrite.qoperator;

import java.util.List;
import java.util.Optional;

/// `ArgMax` of codes: the largest code stands for the largest number.
final class ArgMaxForm implements IntegerForm {
  @Override
  public List<String> opTypes() {
    return List.of("ArgMax");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    Optional<Codes> data = node.activation(0);
    return data.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Folded.same(node.node(), node.inputsWith(0, data.get().codes())).with(Result.REAL));
  }
}
