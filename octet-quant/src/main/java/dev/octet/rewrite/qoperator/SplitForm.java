package dev.octet.rewrite.qoperator;

import java.util.List;
import java.util.Optional;

/// `Split`, whose parts keep the codes of the whole.
final class SplitForm implements IntegerForm {
  @Override
  public List<String> opTypes() {
    return List.of("Split");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    return Movements.write(node).map(folded -> folded.with(Naming.QUANTIZED));
  }
}
