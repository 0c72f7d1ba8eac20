package dev.octet.rewrite.qoperator;

import java.util.List;
import java.util.Optional;

/// `GlobalAveragePool` as `QLinearGlobalAveragePool`.
final class GlobalAveragePoolForm implements IntegerForm {
  @Override
  public List<String> opTypes() {
    return List.of("GlobalAveragePool");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    return UnaryForms.write(
            node,
            Operators.microsoft("QLinearGlobalAveragePool", node.node())
                .attribute("channels_last", 0))
        .flatMap(Folded::toCodes);
  }
}
