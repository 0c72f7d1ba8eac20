package dev.octet.torch.export;

import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Sums of products of complex numbers: four products of real ones, or two where one factor is
/// real,
/// each by the translator for real numbers.
final class ComplexProductTranslator implements AtenTranslator {
  private final Map<String, AtenTranslator> real;

  /// @param real translators of calls on real numbers, by operator
  ComplexProductTranslator(Map<String, AtenTranslator> real) {
    this.real = real;
  }

  @Override
  public Set<String> operators() {
    return Set.of("aten.einsum", "aten.matmul", "aten.mm", "aten.bmm", "aten.mv", "aten.outer");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    List<String> factors =
        call.tensorsRead().stream().filter(name -> call.metaOf(name).dtype().isComplex()).toList();
    if (factors.size() > 2 || new LinkedHashSet<>(factors).size() < factors.size()) {
      return Translation.unsupported(
          "a product of more than two complex tensors, or of one with itself",
          "multiply them two by two");
    }
    // Of a factor a, then for each of its parts those of a factor b.
    List<Value> products = new ArrayList<>();
    for (int a = 0; a < 2; a++) {
      for (int b = 0; b < factors.size(); b++) {
        Map<String, Value> parts = new LinkedHashMap<>();
        parts.put(factors.getFirst(), part(call, onnx, factors.getFirst(), a));
        if (factors.size() == 2) {
          parts.put(factors.getLast(), part(call, onnx, factors.getLast(), b));
        }
        switch (PartwiseTranslator.plain(real, call, parts, onnx)) {
          case Translation.Values values when values.values().getFirst() instanceof Value product ->
              products.add(product);
          case Translation other -> {
            return other;
          }
        }
      }
    }
    if (factors.size() == 1) {
      return Translation.of(
          ComplexTranslator.joined(onnx, products.getFirst(), products.getLast()));
    }
    return Translation.of(
        ComplexTranslator.joined(
            onnx,
            onnx.add("Sub", products.get(0), products.get(3)),
            onnx.add("Add", products.get(1), products.get(2))));
  }

  private static Value part(Call call, OnnxNodes onnx, String name, int part) {
    return ComplexTranslator.part(onnx, call.named(name), part);
  }
}
