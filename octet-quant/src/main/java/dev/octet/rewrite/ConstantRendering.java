package dev.octet.rewrite;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.BiasQuantizer;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.RealType;
import dev.octet.numeric.TensorQuantizer;
import dev.octet.plan.FoldedConstants;
import dev.octet.plan.QdqForm;
import dev.octet.plan.TensorPlan;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Constants as codes: an initializer and the node that dequantizes it, right before its first
/// reader.
final class ConstantRendering {
  private final GraphEditor editor;
  private final RenderedNames names;
  private final FloatGraph floats;
  private final ParameterStore parameters;
  private final QdqNodes nodes;
  private final QdqForm.Constants form;
  private final Map<Value, String> wishes = new LinkedHashMap<>();

  ConstantRendering(
      GraphEditor editor,
      RenderedNames names,
      FloatGraph floats,
      ParameterStore parameters,
      QdqForm form) {
    this.editor = editor;
    this.names = names;
    this.floats = floats;
    this.parameters = parameters;
    this.nodes = new QdqNodes(form.domain().opDomain());
    this.form = form.constants();
  }

  /// A constant that an element-wise operator reads.
  ///
  /// @return its dequantized form
  Value elementwise(TensorPlan.Activation plan, String stem) {
    return codes(plan, stem, plan.params(), 1f);
  }

  /// A weight.
  ///
  /// @return its dequantized form
  Value weight(TensorPlan.Weight plan, String stem) {
    return codes(plan, stem, plan.params(), plan.factor());
  }

  /// A bias.
  ///
  /// @param find the other plans by key
  /// @return its dequantized form
  Value bias(TensorPlan.Bias plan, String stem, Function<String, TensorPlan> find) {
    QuantParams input = find.apply(plan.activation()).grid().orElseThrow();
    QuantParams weight = find.apply(plan.weight()).grid().orElseThrow();
    DenseTensor constant = constant(plan);
    RealType real = constant.dataType() == DataType.FLOAT16 ? RealType.FLOAT16 : RealType.FLOAT;
    float[] values = FoldedConstants.spread(constant, plan.factor(), plan.length());
    BiasQuantizer.QuantizedBias quantized =
        BiasQuantizer.quantize(values, input.scale(0), weight.scales(), real);
    if (quantized.saturated() > 0) {
      throw OctetException.failure(
          "bias-saturates",
          "bias '" + plan.value() + "'",
          quantized.saturated() + " of its numbers do not fit into 32 bits at its scale",
          "keep the node that reads it in float, or use symmetric INT8 weights",
          null);
    }
    long[] shape =
        names.writesDefaultZeroPoints() && constant.elementCount() == values.length
            ? constant.dims().stream().mapToLong(Long::longValue).toArray()
            : biasShape(constant.dims(), values.length, plan.length());
    Node reader = floats.firstReader(plan.key());
    ParameterStore.Stored stored =
        parameters.putBias(
            stem, reader.graph(), quantized.scales(), real, Math.max(0, shape.length - 1));
    DenseTensor codes = DenseTensor.ofInts(quantized.codes(), shape);
    Value initializer = initializer(reader.graph(), stem, codes);
    return dequantize(reader, stem, initializer, stored, names.dequantizedBias(stem));
  }

  /// Gives the added values the names wished for, where removing float constants has freed them.
  void claimNames() {
    Set<String> taken = new HashSet<>();
    for (Graph graph : floats.graphs()) {
      graph.values().forEach(value -> taken.add(value.name()));
    }
    wishes.forEach(
        (value, wish) -> {
          if (taken.add(wish)) {
            editor.rename(value, wish);
          }
        });
  }

  private Value codes(TensorPlan plan, String stem, QuantParams params, float factor) {
    DenseTensor constant = constant(plan);
    Node reader = floats.firstReader(plan.key());
    Graph graph = reader.graph();
    ParameterStore.Wish wish = new ParameterStore.Wish(names.scale(stem), names.zeroPoint(stem));
    ParameterStore.Stored stored = parameters.put(plan.key(), wish, graph, params, constant.dims());
    float[] values = FoldedConstants.scaled(constant, factor);
    Value codes =
        switch (form) {
          case CODES -> {
            long[] shape = constant.dims().stream().mapToLong(Long::longValue).toArray();
            byte[] raw = TensorQuantizer.quantize(values, shape, params);
            yield initializer(
                graph,
                stem,
                DenseTensor.ofBytes(ParameterStore.dataType(params.type()), raw, shape));
          }
          case FLOAT_WITH_PAIR -> quantizedWhenLoaded(plan, stem, stored, reader, constant, factor);
        };
    return dequantize(reader, stem, codes, stored, names.dequantized(stem));
  }

  private Value quantizedWhenLoaded(
      TensorPlan plan,
      String stem,
      ParameterStore.Stored stored,
      Node reader,
      DenseTensor constant,
      float factor) {
    Value data = floats.value(plan.value());
    if (factor != 1f) {
      // The operator's factor is folded in, so these are other numbers.
      data = editor.addInitializer(reader.graph(), stem + "_scaled", scaled(constant, factor));
    }
    Value codes = editor.newValue(names.activationCodes(stem), null);
    editor.insertBefore(
        reader, nodes.quantize(data, stored).named(names.quantizeNode(stem)).outputs(codes));
    return codes;
  }

  private static DenseTensor scaled(DenseTensor constant, float factor) {
    long[] shape = constant.dims().stream().mapToLong(Long::longValue).toArray();
    float[] values = FoldedConstants.scaled(constant, factor);
    RealType real = constant.dataType() == DataType.FLOAT16 ? RealType.FLOAT16 : RealType.FLOAT;
    return ParameterStore.reals(values, real, shape);
  }

  private Value initializer(Graph graph, String stem, DenseTensor codes) {
    Value initializer = editor.addInitializer(graph, names.constantCodes(stem), codes);
    wishes.put(initializer, names.constantCodes(stem));
    return initializer;
  }

  private Value dequantize(
      Node reader, String stem, Value codes, ParameterStore.Stored stored, String resultName) {
    Value result = editor.newValue(resultName, null);
    editor.insertBefore(
        reader, nodes.dequantize(codes, stored).named(names.dequantizeNode(stem)).outputs(result));
    wishes.put(result, resultName);
    return result;
  }

  /// A bias of one row is a vector; of several rows, the shape it had, each row spread out.
  private static long[] biasShape(List<Long> dims, int elements, int channels) {
    if (elements == channels) {
      return new long[] {channels};
    }
    long[] shape = dims.stream().mapToLong(Long::longValue).toArray();
    shape[shape.length - 1] = channels;
    return shape;
  }

  private DenseTensor constant(TensorPlan plan) {
    return FoldedConstants.of(floats.value(plan.value()))
        .orElseThrow(
            () ->
                OctetException.badInput(
                    "plan-of-another-model",
                    "tensor '" + plan.value() + "'",
                    "is a constant in the plan but not in the model",
                    "make the plan from this very model"));
  }
}
