package dev.octet.torch.export;

import dev.octet.ir.Value;
import dev.octet.torch.graph.TensorMeta;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What moves complex numbers or adds them up: the same for their real and their imaginary parts,
/// by the translator for real numbers. A real tensor among them has imaginary parts of zero.
final class PartwiseTranslator implements AtenTranslator {
  private final Map<String, AtenTranslator> real;

  /// @param real translators of calls on real numbers, by operator
  PartwiseTranslator(Map<String, AtenTranslator> real) {
    this.real = real;
    operators().forEach(operator -> plain(real, operator));
  }

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.cat",
        "aten.concat",
        "aten.stack",
        "aten.split",
        "aten.split_with_sizes",
        "aten.chunk",
        "aten.unbind",
        "aten.narrow",
        "aten.squeeze",
        "aten.expand",
        "aten.expand_as",
        "aten.flatten",
        "aten.repeat",
        "aten.flip",
        "aten.roll",
        "aten.copy",
        "aten.slice_scatter",
        "aten.select_scatter",
        "aten.index_select",
        "aten.index",
        "aten.constant_pad_nd",
        "aten.zeros",
        "aten.zeros_like",
        "aten.new_zeros",
        "aten.t",
        "aten.mT",
        "aten.movedim",
        "aten.cumsum",
        "aten.sum",
        "aten.mean");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    List<List<@Nullable Value>> parts = new ArrayList<>();
    for (int part = 0; part < 2; part++) {
      switch (plain(real, call, parts(call, onnx, part), onnx)) {
        case Translation.Values(List<@Nullable Value> values) -> parts.add(values);
        case Translation other -> {
          return other;
        }
      }
    }
    List<@Nullable Value> joined = new ArrayList<>();
    for (int i = 0; i < parts.getFirst().size(); i++) {
      Value a = parts.getFirst().get(i);
      Value b = parts.getLast().get(i);
      joined.add(a == null || b == null ? null : ComplexTranslator.joined(onnx, a, b));
    }
    return Translation.of(joined);
  }

  private static Map<String, Value> parts(Call call, OnnxNodes onnx, int part) {
    Map<String, Value> parts = new LinkedHashMap<>();
    for (String name : call.tensorsRead()) {
      TensorMeta meta = call.metaOf(name);
      Value value = call.named(name);
      if (meta.dtype().isComplex()) {
        parts.put(name, ComplexTranslator.part(onnx, value, part));
      } else if (meta.dtype().isFloat() && part == 1) {
        parts.put(name, onnx.add("Sub", value, value));
      }
    }
    return parts;
  }

  /// A call as on real numbers.
  ///
  /// @param parts what its complex tensors are replaced by
  static Translation plain(
      Map<String, AtenTranslator> real, Call call, Map<String, Value> parts, OnnxNodes onnx) {
    return plain(real, "aten." + call.op()).translate(call.onParts(parts), onnx);
  }

  private static AtenTranslator plain(Map<String, AtenTranslator> real, String operator) {
    AtenTranslator translator = real.get(operator);
    if (translator == null) {
      throw new IllegalStateException("nothing translates " + operator + " of real numbers");
    }
    return translator;
  }
}
