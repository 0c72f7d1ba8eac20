package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.Optional;

/// A `MatMul` and the `Add` after it, on whichever side of it.
///
/// @param bias what is added to the product
record MatMulAdd(Node matMul, Node add, Value bias) {
  /// The two nodes; empty where `add` is no `Add`, or adds to no product.
  static Optional<MatMulAdd> of(Node add) {
    if (!add.is("Add")) {
      return Optional.empty();
    }
    for (int side = 0; side < 2; side++) {
      Optional<Node> matMul =
          add.input(side).flatMap(Value::producer).filter(producer -> producer.is("MatMul"));
      if (matMul.isPresent()) {
        return Optional.of(new MatMulAdd(matMul.get(), add, add.input(1 - side).orElseThrow()));
      }
    }
    return Optional.empty();
  }
}
