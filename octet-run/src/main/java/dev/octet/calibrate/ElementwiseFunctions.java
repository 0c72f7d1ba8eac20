package dev.octet.calibrate;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import java.util.Optional;
import java.util.Set;

/// Nodes that, as long as their constants are single numbers, make of every element of a value one
/// element of the result and look at no other, and have a finite result for every finite argument
/// of ordinary size.
final class ElementwiseFunctions {
  private static final Set<String> OF_ONE =
      Set.of(
          "Abs",
          "Celu",
          "Clip",
          "Elu",
          "Erf",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "LeakyRelu",
          "Mish",
          "Neg",
          "Relu",
          "Selu",
          "Sigmoid",
          "Softplus",
          "Softsign",
          "Tanh",
          "ThresholdedRelu");

  private static final Set<String> OF_SEVERAL = Set.of("Add", "Max", "Min", "Mul", "Sub");

  private ElementwiseFunctions() {}

  static boolean has(Node node) {
    return node.domain().isEmpty()
        && (OF_ONE.contains(node.opType())
            || OF_SEVERAL.contains(node.opType())
            || (node.is("Div") && divisor(node).filter(by -> by != 0).isPresent()));
  }

  /// Whether a value is a constant of one element, which changes no shape it is joined with.
  static boolean isScalar(Value value) {
    return number(value).isPresent();
  }

  private static Optional<Double> divisor(Node node) {
    return node.input(1).flatMap(ElementwiseFunctions::number);
  }

  private static Optional<Double> number(Value value) {
    return value.isConstant()
        ? value.initializer().flatMap(ElementwiseFunctions::only)
        : Optional.empty();
  }

  private static Optional<Double> only(Tensor tensor) {
    return tensor instanceof DenseTensor dense && dense.elementCount() == 1
        ? Optional.of(dense.doubleAt(0))
        : Optional.empty();
  }
}
