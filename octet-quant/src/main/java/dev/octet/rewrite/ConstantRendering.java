package dev.octet.rewrite;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.numeric.BiasQuantizer;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.TensorQuantizer;
import dev.octet.plan.FoldedConstants;
import dev.octet.plan.TensorPlan;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;

/// Constants as codes: an initializer and the node that dequantizes it, right before its first
/// reader.
final class ConstantRendering {
  private final GraphEditor editor;
  private final RenderedNames names;
  private final FloatGraph floats;
  private final ParameterStore parameters;
  private final Map<Value, String> wishes = new LinkedHashMap<>();

  ConstantRendering(
      GraphEditor editor, RenderedNames names, FloatGraph floats, ParameterStore parameters) {
    this.editor = editor;
    this.names = names;
    this.floats = floats;
    this.parameters = parameters;
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
    float inputScale = ((TensorPlan.Activation) find.apply(plan.activation())).params().scale(0);
    float[] weightScales = ((TensorPlan.Weight) find.apply(plan.weight())).params().scales();
    BiasQuantizer.QuantizedBias quantized =
        BiasQuantizer.quantize(
            FoldedConstants.spread(constant(plan), plan.factor(), plan.length()),
            inputScale,
            weightScales);
    if (quantized.saturated() > 0) {
      throw OctetException.failure(
          "bias-saturates",
          "bias '" + plan.value() + "'",
          quantized.saturated() + " of its numbers do not fit into 32 bits at its scale",
          "keep the node that reads it in float, or use symmetric INT8 weights",
          null);
    }
    return dequantize(
        plan,
        stem,
        DenseTensor.ofInts(quantized.codes(), quantized.codes().length),
        weightScales.length > 1 ? OptionalInt.of(0) : OptionalInt.empty(),
        parameters.putBias(stem, quantized.scales()),
        names.dequantizedBias(stem));
  }

  /// Gives the added values the names wished for, where removing float constants has freed them.
  void claimNames() {
    java.util.Set<String> taken = new java.util.HashSet<>();
    editor.graph().values().forEach(value -> taken.add(value.name()));
    wishes.forEach(
        (value, wish) -> {
          if (taken.add(wish)) {
            editor.rename(value, wish);
          }
        });
  }

  private Value codes(TensorPlan plan, String stem, QuantParams params, float factor) {
    DenseTensor constant = constant(plan);
    long[] shape = constant.dims().stream().mapToLong(Long::longValue).toArray();
    byte[] raw = TensorQuantizer.quantize(FoldedConstants.scaled(constant, factor), shape, params);
    return dequantize(
        plan,
        stem,
        DenseTensor.ofBytes(ParameterStore.dataType(params.type()), raw, shape),
        params.granularity() instanceof Granularity.PerChannel(int channel)
            ? OptionalInt.of(channel)
            : OptionalInt.empty(),
        parameters.put(stem, params),
        names.dequantized(stem));
  }

  private Value dequantize(
      TensorPlan plan,
      String stem,
      DenseTensor codes,
      OptionalInt axis,
      ParameterStore.Stored stored,
      String resultName) {
    Value initializer = editor.addInitializer(editor.graph(), names.constantCodes(stem), codes);
    Value result = editor.newValue(resultName, null);
    NodeSpec spec =
        NodeSpec.of("DequantizeLinear")
            .named(names.dequantizeNode(stem))
            .inputs(stored.inputs(initializer))
            .outputs(result);
    editor.insertBefore(
        floats.firstReader(plan.key()),
        axis.isPresent() ? spec.attribute("axis", axis.getAsInt()) : spec);
    wishes.put(initializer, names.constantCodes(stem));
    wishes.put(result, resultName);
    return result;
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
