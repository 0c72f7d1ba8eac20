package dev.octet.libtorch.exec;

import static dev.octet.libtorch.exec.Compositions.aten;
import static dev.octet.libtorch.exec.Compositions.composed;

import dev.octet.libtorch.exec.Compositions.Given;
import dev.octet.torch.graph.AtenOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The operator of mixtures of experts that transformers registers in Python: groups of rows, each
/// times a matrix of its own; rows behind the last group become zeros.
final class GroupedProducts {
  private static final TorchValue ROWS = TorchValue.of(0L);

  private GroupedProducts() {}

  /// The composition behind an operator; empty when it is not this one.
  static Optional<Kernel> find(AtenOp op) {
    return op.namespace().equals("transformers") && op.name().equals("grouped_mm_fallback")
        ? Optional.of(composed("input weight offs", given -> List.of(product(given))))
        : Optional.empty();
  }

  private static TorchValue product(Given given) {
    TorchValue input = given.get("input");
    TorchValue weight = given.get("weight");
    TorchValue offs = given.get("offs");
    List<TorchValue> products = new ArrayList<>();
    long start = 0;
    for (long group = 0; group < weight.asTensor().size(0); group++) {
      TorchValue last = aten("select", "int", offs, ROWS, TorchValue.of(group));
      long end = aten("item", "", last).asInt();
      TorchValue matrix = aten("select", "int", weight, ROWS, TorchValue.of(group));
      products.add(aten("mm", "", rows(input, start, end), matrix));
      start = end;
    }
    TorchValue some = rows(input, start, input.asTensor().size(0));
    TorchValue any = aten("select", "int", weight, ROWS, ROWS);
    products.add(aten("mul", "Scalar", aten("mm", "", some, any), TorchValue.of(0L)));
    return aten("cat", "", TorchValue.ofList(products), ROWS);
  }

  private static TorchValue rows(TorchValue input, long start, long end) {
    return aten(
        "slice",
        "Tensor",
        input,
        ROWS,
        TorchValue.of(start),
        TorchValue.of(end),
        TorchValue.of(1L));
  }
}
