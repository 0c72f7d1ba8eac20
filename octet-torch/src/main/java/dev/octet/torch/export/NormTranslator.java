package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Normalization by the input's own statistics → `LayerNormalization`, `InstanceNormalization`, or
/// their parts.
final class NormTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.layer_norm",
        "aten.native_layer_norm",
        "aten.group_norm",
        "aten.native_group_norm",
        "aten.instance_norm",
        "aten.rms_norm");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "layer_norm", "native_layer_norm" -> Translation.of(layerNorm(call, onnx));
      case "rms_norm" -> Translation.of(rmsNorm(call, onnx));
      case "instance_norm" ->
          call.flag("use_input_stats")
              ? Translation.of(instanceNorm(call, onnx))
              : Translation.unsupported("instance normalization with running statistics");
      default -> Translation.of(groupNorm(call, onnx));
    };
  }

  private static Value layerNorm(Call call, OnnxNodes onnx) {
    List<Long> shape = call.integers("normalized_shape");
    Value scale = call.maybeTensor("weight").orElseGet(() -> filled(onnx, shape, 1));
    List<Value> inputs = new ArrayList<>(List.of(call.tensor("input"), scale));
    call.maybeTensor("bias").ifPresent(inputs::add);
    NodeSpec spec =
        NodeSpec.of("LayerNormalization")
            .inputs(inputs)
            .attribute("epsilon", Attribute.of((float) call.number("eps")));
    return onnx.add(shape.size() == 1 ? spec : spec.attribute("axis", -shape.size()));
  }

  private static Value rmsNorm(Call call, OnnxNodes onnx) {
    DataType type = OnnxNodes.onnx(call.meta("input").dtype());
    int count = call.integers("normalized_shape").size();
    long[] axes = LongStream.range(-count, 0).toArray();
    Value x = call.tensor("input");
    Value mean = onnx.add("ReduceMean", onnx.add("Mul", x, x), onnx.vector(axes));
    double eps = call.given("eps") ? call.number("eps") : Math.ulp(1f);
    Value root = onnx.add("Sqrt", onnx.add("Add", mean, onnx.scalar(type, eps)));
    Value normal = onnx.add("Div", x, root);
    return call.maybeTensor("weight").map(w -> onnx.add("Mul", normal, w)).orElse(normal);
  }

  private static Value instanceNorm(Call call, OnnxNodes onnx) {
    long channels = fixed(call.meta("input").sizes().get(1));
    Value scale = call.maybeTensor("weight").orElseGet(() -> filled(onnx, List.of(channels), 1));
    Value bias = call.maybeTensor("bias").orElseGet(() -> filled(onnx, List.of(channels), 0));
    return onnx.add(
        NodeSpec.of("InstanceNormalization")
            .inputs(call.tensor("input"), scale, bias)
            .attribute("epsilon", Attribute.of((float) call.number("eps"))));
  }

  // Groups become the channels of an instance normalization; scale and bias follow per channel.
  private static Value groupNorm(Call call, OnnxNodes onnx) {
    boolean nativeForm = call.op().startsWith("native");
    Value x = call.tensor("input");
    int rank = call.rank("input");
    long groups = call.integer(nativeForm ? "group" : "num_groups");
    Value grouped = onnx.add("Reshape", x, onnx.vector(0, groups, -1));
    Value normal =
        onnx.add(
            NodeSpec.of("InstanceNormalization")
                .inputs(grouped, filled(onnx, List.of(groups), 1), filled(onnx, List.of(groups), 0))
                .attribute("epsilon", Attribute.of((float) call.number("eps"))));
    Value whole = onnx.add("Reshape", normal, onnx.shapeOf(x));
    long[] axes = LongStream.rangeClosed(1, rank - 2).toArray();
    Value scaled =
        call.maybeTensor("weight")
            .map(w -> onnx.add("Mul", whole, onnx.add("Unsqueeze", w, onnx.vector(axes))))
            .orElse(whole);
    return call.maybeTensor("bias")
        .map(b -> onnx.add("Add", scaled, onnx.add("Unsqueeze", b, onnx.vector(axes))))
        .orElse(scaled);
  }

  private static Value filled(OnnxNodes onnx, List<Long> shape, float number) {
    long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
    float[] values = new float[Math.toIntExact(Arrays.stream(dims).reduce(1, (a, b) -> a * b))];
    Arrays.fill(values, number);
    return onnx.constant(number == 1 ? "weight" : "bias", DenseTensor.ofFloats(values, dims));
  }

  private static long fixed(SymInt size) {
    return switch (size) {
      case SymInt.Known(long value) -> value;
      case SymInt.Expression _ -> throw new UnsupportedArgument("a varying number of channels");
    };
  }
}
