package dev.octet.rewrite.dynamic;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Value;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.TensorQuantizer;
import dev.octet.plan.FoldedConstants;
import dev.octet.plan.Places;
import dev.octet.plan.TensorPlan;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// Constants stored as codes, each once for each form in which it is read.
final class CodeStore {
  private final GraphEditor editor;
  private final Places places;
  private final DynamicNames names;
  private final Function<Value, Graph> owner;
  private final Map<Stored, Coded> stored = new HashMap<>();
  private final Map<DenseTensor, Value> shared = new HashMap<>();
  private final Map<String, Value> plain = new LinkedHashMap<>();

  private final Map<Value, String> wishes = new LinkedHashMap<>();

  private record Stored(String key, WeightForm form) {}

  /// @param owner the graph that defines a value
  CodeStore(GraphEditor editor, Places places, DynamicNames names, Function<Value, Graph> owner) {
    this.owner = owner;
    this.editor = editor;
    this.places = places;
    this.names = names;
  }

  /// A weight in the form an operator wants.
  Coded weight(TensorPlan.Weight plan, WeightForm form) {
    return stored.computeIfAbsent(
        new Stored(plan.key(), form),
        key ->
            store(
                plan, plan.params(), FoldedConstants.scaled(constant(plan), plan.factor()), form));
  }

  /// A table.
  Coded table(TensorPlan.Activation plan) {
    return stored.computeIfAbsent(
        new Stored(plan.key(), WeightForm.PLAIN),
        key ->
            store(plan, plan.params(), FoldedConstants.numbers(constant(plan)), WeightForm.PLAIN));
  }

  /// Codes laid out as the float constants they stand for, by what the plan calls those.
  Map<String, Value> plainCodes() {
    return plain;
  }

  /// A constant, one for all that want the same where names do not matter.
  ///
  /// @param graph where it belongs unless it is shared
  Value constant(Graph graph, String descriptive, String brief, DenseTensor tensor) {
    return switch (names) {
      case COMPACT ->
          shared.computeIfAbsent(
              tensor, content -> editor.addInitializer(editor.graph(), brief, content));
      case PEER -> editor.addInitializer(graph, descriptive, tensor);
    };
  }

  /// Gives codes the names wished for, where removing float constants has freed them.
  void claimNames() {
    wishes.forEach(editor::renameLike);
  }

  private Coded store(TensorPlan plan, QuantParams params, float[] data, WeightForm form) {
    DenseTensor constant = constant(plan);
    long[] shape = constant.dims().stream().mapToLong(Long::longValue).toArray();
    byte[] codes = TensorQuantizer.quantize(data, shape, params);
    Value floats = places.value(plan.value());
    Graph graph = owner.apply(floats);
    String stem = floats.name();
    DataType type = DataType.fromOnnx(params.type().onnxNumber()).orElseThrow();
    DenseTensor tensor =
        switch (form) {
          case PLAIN, CONVOLUTION -> DenseTensor.ofBytes(type, codes, shape);
          case TRANSPOSED ->
              DenseTensor.ofBytes(
                  type,
                  Transposition.ofMatrices(codes, 1, (int) shape[0], (int) shape[1]),
                  shape[1],
                  shape[0]);
          case RECURRENT ->
              DenseTensor.ofBytes(
                  type,
                  Transposition.ofMatrices(codes, (int) shape[0], (int) shape[1], (int) shape[2]),
                  shape[0],
                  shape[2],
                  shape[1]);
        };
    String wish = names.value(stem + "_quantized", stem);
    Value initializer = editor.addInitializer(graph, wish, tensor);
    wishes.put(initializer, wish);
    switch (form) {
      case PLAIN, CONVOLUTION -> plain.putIfAbsent(plan.value(), initializer);
      case TRANSPOSED, RECURRENT -> {}
    }
    boolean channels = params.count() > 1;
    long[] scaleShape = scaleShape(params, shape, form);
    int[] zeroPoints =
        form == WeightForm.CONVOLUTION ? oneZeroPoint(plan, params) : params.zeroPoints();
    long[] zeroShape =
        zeroPoints.length == 1 && channels ? new long[0] : scaleShape(params, shape, form);
    byte[] zeros = new byte[zeroPoints.length];
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = (byte) zeroPoints[i];
    }
    return new Coded(
        initializer,
        constant(graph, stem + "_scale", "s", DenseTensor.ofFloats(params.scales(), scaleShape)),
        constant(graph, stem + "_zero_point", "z", DenseTensor.ofBytes(type, zeros, zeroShape)));
  }

  private static long[] scaleShape(QuantParams params, long[] shape, WeightForm form) {
    return switch (params.granularity()) {
      case Granularity.PerTensor() -> new long[0];
      case Granularity.PerChannel(int axis) when form == WeightForm.CONVOLUTION -> {
        long[] broadcast = new long[shape.length - 1];
        Arrays.fill(broadcast, 1);
        broadcast[0] = params.count();
        yield broadcast;
      }
      case Granularity.PerChannel(int axis) -> new long[] {params.count()};
      case Granularity.PerBlock(int axis, int size) -> new long[] {shape[0], shape[1]};
    };
  }

  /// The kernel of a convolution takes one zero point; scales per channel are symmetric, so that
  /// there is only one.
  private static int[] oneZeroPoint(TensorPlan plan, QuantParams params) {
    int[] distinct = Arrays.stream(params.zeroPoints()).distinct().toArray();
    if (distinct.length != 1) {
      throw OctetException.badInput(
          "zero-points-differ",
          "tensor '" + plan.value() + "'",
          "has a zero point for each channel, but a convolution of codes takes one",
          "make the weight symmetric, or give it one scale");
    }
    return distinct;
  }

  private DenseTensor constant(TensorPlan plan) {
    return FoldedConstants.of(places.value(plan.value()))
        .orElseThrow(
            () ->
                OctetException.badInput(
                    "plan-of-another-model",
                    "tensor '" + plan.value() + "'",
                    "is a constant in the plan but not in the model",
                    "make the plan from this very model"));
  }
}
