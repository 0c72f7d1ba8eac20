package dev.octet.rewrite.qoperator;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `MatMul` as `QLinearMatMul` or, where its result is wanted in float, as `MatMulIntegerToFloat`.
final class MatMulForm implements IntegerForm {
  @Override
  public List<String> opTypes() {
    return List.of("MatMul");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    Optional<Codes> left = node.activation(0);
    Optional<Codes> right = node.input(1).filter(MatMulForm::hasScalesOfColumns);
    if (left.isEmpty() || right.isEmpty() || !Products.haveKernel(left.get(), right.get())) {
      return Optional.empty();
    }
    Optional<Codes> result = node.result(0);
    if (result.isPresent()) {
      List<Value> inputs = new ArrayList<>(node.triple(left.get()));
      inputs.addAll(node.triple(right.get()));
      inputs.addAll(node.grid(result.get()));
      return Folded.toCodes(NodeSpec.of("QLinearMatMul").inputs(inputs));
    }
    return Folded.toReal(
        NodeSpec.of(Operators.MICROSOFT, "MatMulIntegerToFloat")
            .inputs(
                left.get().codes(),
                right.get().codes(),
                left.get().scale(),
                right.get().scale(),
                node.zeroPoint(left.get()),
                node.zeroPoint(right.get())));
  }

  /// The kernels take a scale for each column of a matrix, and one scale for what has more axes.
  private static boolean hasScalesOfColumns(Codes codes) {
    return codes.hasOneScale()
        || (codes.hasScalesAlong(1)
            && codes.codes().shape().filter(s -> s.rank() == 2).isPresent());
  }
}
