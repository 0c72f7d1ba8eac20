package dev.octet.rewrite.qoperator;

import dev.octet.ir.Value;
import dev.octet.rewrite.qoperator.IntegerForm.Folded;
import java.util.List;
import java.util.Optional;

/// What operators that move or select elements have in common: they do the same to codes, as long
/// as the codes before and after mean the same.
final class Movements {
  private Movements() {}

  /// The same operator on the codes of its first input.
  static Optional<IntegerForm.Operator> write(CodedNode node) {
    Optional<Codes> data = node.input(0).filter(Codes::isEightBit);
    if (data.isEmpty() || !keepsGrid(node, data.get())) {
      return Optional.empty();
    }
    return Optional.of(Folded.same(node.node(), node.inputsWith(0, data.get().codes())));
  }

  /// Whether every output that is read is quantized to the grid that the codes are on.
  private static boolean keepsGrid(CodedNode node, Codes data) {
    List<Value> outputs = node.node().outputs();
    boolean any = false;
    for (int i = 0; i < outputs.size(); i++) {
      Value output = outputs.get(i);
      if (output == null || output.isUnused()) {
        continue;
      }
      if (node.quantized(i).filter(data::sameGridAs).isEmpty()) {
        return false;
      }
      any = true;
    }
    return any && data.hasOneScaleOfAnyType();
  }
}
