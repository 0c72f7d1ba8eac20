package dev.octet.rewrite;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.numeric.QuantParams;
import dev.octet.plan.TensorPlan;
import dev.octet.rewrite.ValueAlignment.Kind;
import dev.octet.rewrite.ValueAlignment.Pair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Adds to a model what its integer operators do not need: a dequantized form of their codes.
final class CodesReadBack {
  private CodesReadBack() {}

  /// A copy in which every stand-in of the alignment holds real numbers. Codes that are read with a
  /// scale of the moment, and those inside subgraphs, have no stand-in any more.
  static QuantizedModel of(QuantizedModel quantized) {
    Map<String, QuantParams> grids = new HashMap<>();
    for (TensorPlan tensor : quantized.plan().tensors()) {
      if (tensor instanceof TensorPlan.Activation activation) {
        grids.put(activation.value(), activation.params());
      }
    }
    Model copy = quantized.model().copy();
    Map<String, Value> values = new HashMap<>();
    copy.graph().values().forEach(value -> values.put(value.name(), value));
    List<Pair> pairs = new ArrayList<>();
    copy.edit(
        editor -> {
          for (Pair pair : quantized.alignment().pairs()) {
            switch (pair.kind()) {
              case FLOAT, DEQUANTIZED, DEQUANTIZED_CONSTANT -> pairs.add(pair);
              case CONSTANT_CODES -> {}
              case CODES -> {
                QuantParams params = grids.get(pair.floatValue());
                Value codes = values.get(pair.quantizedValue());
                if (params != null && codes != null) {
                  String name = readBack(editor, codes, params).name();
                  pairs.add(new Pair(pair.floatValue(), name, Kind.DEQUANTIZED));
                }
              }
            }
          }
        });
    return new QuantizedModel(copy, quantized.plan(), new ValueAlignment(pairs));
  }

  private static Value readBack(GraphEditor editor, Value codes, QuantParams params) {
    DenseTensor zero =
        DenseTensor.ofBytes(
            ParameterStore.dataType(params.type()), new byte[] {(byte) params.zeroPoint(0)});
    Value result = editor.newValue(codes.name() + "_read_back", null);
    editor.append(
        editor.graph(),
        NodeSpec.of("DequantizeLinear")
            .inputs(
                codes,
                editor.addInitializer(editor.graph(), "s", DenseTensor.scalar(params.scale(0))),
                editor.addInitializer(editor.graph(), "z", zero))
            .outputs(result));
    return result;
  }
}
