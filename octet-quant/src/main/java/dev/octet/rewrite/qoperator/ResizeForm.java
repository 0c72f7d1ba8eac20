package dev.octet.rewrite.qoperator;

import java.util.List;
import java.util.Optional;

/// `Resize` between neighbours; there is no cubic kernel for integers.
final class ResizeForm implements IntegerForm {
  private static final int ANY_TYPE = 11;

  @Override
  public List<String> opTypes() {
    return List.of("Resize");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    boolean cubic = node.node().stringAttribute("mode", "nearest").equals("cubic");
    return node.opset() < ANY_TYPE || cubic
        ? Optional.empty()
        : Movements.write(node).map(Folded.class::cast);
  }
}
