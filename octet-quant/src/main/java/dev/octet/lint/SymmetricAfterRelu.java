package dev.octet.lint;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A quantized activation that is never negative but has codes for negative numbers.
final class SymmetricAfterRelu implements LintRule {
  @Override
  public String name() {
    return "symmetric-after-relu";
  }

  @Override
  public String description() {
    return "After Relu, a zero point inside the range wastes half the codes and keeps ONNX Runtime"
        + " from fusing the layer before to an integer kernel; the zero point belongs at the"
        + " lower end.";
  }

  @Override
  public Severity severity() {
    return Severity.WARNING;
  }

  @Override
  public List<Finding> check(LintSubject subject) {
    List<Finding> findings = new ArrayList<>();
    for (LintNode node : subject.nodes()) {
      Optional<DenseTensor> zero =
          node.node().opType().equals("QuantizeLinear")
              ? LintSubject.constant(node.node(), 2)
              : Optional.empty();
      Optional<Node> relu =
          node.node().input(0).flatMap(Value::producer).filter(SymmetricAfterRelu::isRelu);
      if (zero.isPresent() && relu.isPresent() && wastes(zero.get())) {
        findings.add(
            at(
                LintNode.of(relu.get()),
                relu.get().output(0).name(),
                "its result is quantized to %s with zero point %d: half the codes stand for numbers it never gives"
                    .formatted(
                        zero.get().dataType().name().toLowerCase(java.util.Locale.ROOT),
                        zero.get().longAt(0)),
                Fix.command("quantize", Fix.FLOAT_MODEL, "--data", Fix.DATA, "-o", Fix.RESULT)));
      }
    }
    return findings;
  }

  /// A zero point about the middle of its type.
  private static boolean wastes(DenseTensor zero) {
    return switch (zero.dataType()) {
      case INT8, INT16, INT4 -> zero.elementCount() == 1 && zero.longAt(0) == 0;
      case UINT8 -> zero.elementCount() == 1 && isMiddle(zero.longAt(0), 128);
      case UINT16 -> zero.elementCount() == 1 && isMiddle(zero.longAt(0), 1 << 15);
      default -> false;
    };
  }

  private static boolean isMiddle(long zero, long middle) {
    return zero == middle || zero == middle - 1;
  }

  private static boolean isRelu(Node node) {
    if (node.is("Relu")) {
      return true;
    }
    return node.is("Clip")
        && LintSubject.constant(node, 1)
            .filter(least -> least.dataType() == DataType.FLOAT && least.doubleAt(0) >= 0)
            .isPresent();
  }
}
