package dev.octet.rewrite.dynamic;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/// Nodes that quantize a value while the model runs.
final class RuntimeQuantizing {
  /// `DynamicQuantizeLinear` exists since opset 11.
  private static final int ONE_NODE = 11;

  private final GraphEditor editor;
  private final DynamicNames names;
  private final CodeStore store;
  private final Function<Value, Graph> owner;
  private final Map<DenseTensor, Value> fixed = new HashMap<>();

  /// @param owner the graph that a graph input belongs to
  RuntimeQuantizing(
      GraphEditor editor, DynamicNames names, CodeStore store, Function<Value, Graph> owner) {
    this.editor = editor;
    this.names = names;
    this.store = store;
    this.owner = owner;
  }

  /// The codes of a value, computed right after the value itself.
  ///
  /// @param element what the value holds
  Coded quantize(Value value, DataType element) {
    Place place = new Place(value);
    Value floats = value;
    if (element != DataType.FLOAT) {
      floats =
          place.add(
              NodeSpec.of("Cast")
                  .attribute("to", DataType.FLOAT.onnxNumber())
                  .named(names.helper(value.name() + "_cast_to_fp32"))
                  .inputs(value),
              names.value(value.name() + "_fp32", "f"));
    }
    String stem = value.name();
    if (editor.model().opset().orElse(0) < ONE_NODE) {
      return quantizeStepByStep(place, floats, stem);
    }
    Value codes = editor.newValue(names.value(stem + "_quantized", "q"), null);
    Value scale = editor.newValue(names.value(stem + "_scale", "s"), null);
    Value zeroPoint = editor.newValue(names.value(stem + "_zero_point", "z"), null);
    place.add(
        NodeSpec.of("DynamicQuantizeLinear")
            .named(names.helper(stem + "_QuantizeLinear"))
            .inputs(floats)
            .outputs(codes, scale, zeroPoint));
    return new Coded(codes, scale, zeroPoint);
  }

  /// What `DynamicQuantizeLinear` computes, in operators of opset 10. Unlike the peer's, the range
  /// is widened to hold 0, without which the zero point would be no code, and the zero point is
  /// rounded, not cut off.
  private Coded quantizeStepByStep(Place place, Value floats, String stem) {
    Value zero = constant("fixed_zero", "k", DenseTensor.scalar(0f));
    Value half = constant("fixed_half", "k", DenseTensor.scalar(0.5f));
    Value steps = constant("fixed_quantization_range_uint8", "k", DenseTensor.scalar(255f));
    Value least = constant("fixed_least_scale", "k", DenseTensor.scalar(Float.MIN_NORMAL));
    Value low = step(place, "Min", stem + "_low", reduce(place, "ReduceMin", floats, stem), zero);
    Value high = step(place, "Max", stem + "_high", reduce(place, "ReduceMax", floats, stem), zero);
    Value width = step(place, "Sub", stem + "_scale_Sub", high, low);
    Value exact = step(place, "Div", stem + "_scale_Div", width, steps);
    Value scale = step(place, "Max", stem + "_scale", exact, least);
    Value below = step(place, "Sub", stem + "_zero_point_Sub", zero, low);
    Value ratio = step(place, "Div", stem + "_zero_point_Div", below, scale);
    Value nearest = step(place, "Add", stem + "_zero_point_Add", ratio, half);
    Value whole = step(place, "Floor", stem + "_zero_point_Floor", nearest);
    Value capped = step(place, "Min", stem + "_zero_point_Min", whole, steps);
    Value zeroPoint =
        place.add(
            NodeSpec.of("Cast")
                .attribute("to", DataType.UINT8.onnxNumber())
                .named(names.helper(stem + "_zero_point_Cast"))
                .inputs(capped),
            names.value(stem + "_zero_point", "z"));
    Value codes =
        place.add(
            NodeSpec.of("QuantizeLinear")
                .named(names.helper(stem + "_QuantizeLinear"))
                .inputs(floats, scale, zeroPoint),
            names.value(stem + "_quantized", "q"));
    return new Coded(codes, scale, zeroPoint);
  }

  private Value constant(String descriptive, String brief, DenseTensor tensor) {
    return fixed.computeIfAbsent(
        tensor, _ -> store.constant(editor.graph(), descriptive, brief, tensor));
  }

  private Value reduce(Place place, String opType, Value floats, String stem) {
    return place.add(
        NodeSpec.of(opType)
            .attribute("keepdims", 0)
            .named(names.helper(stem + "_" + opType))
            .inputs(floats),
        names.value(stem + "_" + opType, "r"));
  }

  private Value step(Place place, String opType, String name, Value... inputs) {
    return place.add(
        NodeSpec.of(opType).named(names.helper(name)).inputs(inputs), names.value(name, "t"));
  }

  /// Where nodes are added one after the other, right after a value is there.
  private final class Place {
    private final Value value;
    private @org.jspecify.annotations.Nullable Node last;

    Place(Value value) {
      this.value = value;
      this.last = value.producer().orElse(null);
    }

    Value add(NodeSpec spec, String result) {
      Value output = editor.newValue(result, null);
      add(spec.outputs(output));
      return output;
    }

    void add(NodeSpec spec) {
      if (last != null) {
        last = editor.insertAfter(last, spec);
        return;
      }
      Graph graph = owner.apply(value);
      last = editor.insertBefore(graph.nodes().getFirst(), spec);
    }
  }
}
