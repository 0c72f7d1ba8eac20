package dev.octet.rewrite.qoperator;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// `AveragePool` as `QLinearAveragePool`, which knows no dilations.
final class AveragePoolForm implements IntegerForm {
  @Override
  public List<String> opTypes() {
    return List.of("AveragePool");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    boolean dilated =
        node.node()
            .intsAttribute("dilations")
            .filter(steps -> Arrays.stream(steps).anyMatch(step -> step != 1))
            .isPresent();
    return dilated
        ? Optional.empty()
        : UnaryForms.write(
                node,
                Operators.without(
                    Operators.microsoft("QLinearAveragePool", node.node()), "dilations"))
            .flatMap(Folded::toCodes);
  }
}
