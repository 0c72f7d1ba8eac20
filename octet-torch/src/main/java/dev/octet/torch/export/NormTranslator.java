package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Normalization by the input's own statistics → `LayerNormalization`, `GroupNormalization`,
/// `RMSNormalization` where the opset has them, `InstanceNormalization`, or their parts.
final class NormTranslator implements AtenTranslator {
  private static final int GROUP_OPSET = 21;
  private static final int RMS_OPSET = 23;

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
      case "layer_norm" -> Translation.of(layerNorm(call, onnx));
      case "native_layer_norm" -> {
        int count = call.integers("normalized_shape").size();
        List<Long> axes = LongStream.range(-count, 0).boxed().toList();
        Moments moments = Moments.over(onnx, call.tensor("input"), axes);
        yield withStatistics(call, onnx, layerNorm(call, onnx), moments, null);
      }
      case "native_group_norm" -> {
        Value groups = onnx.vector(0, call.integer("group"), -1);
        Value grouped = onnx.add("Reshape", call.tensor("input"), groups);
        Moments moments = Moments.over(onnx, grouped, List.of(2L));
        yield withStatistics(call, onnx, groupNorm(call, onnx), moments, onnx.vector(2));
      }
      case "rms_norm" -> Translation.of(rmsNorm(call, onnx));
      case "instance_norm" ->
          call.flag("use_input_stats")
              ? Translation.of(instanceNorm(call, onnx))
              : Translation.unsupported("instance normalization with running statistics");
      default -> Translation.of(groupNorm(call, onnx));
    };
  }

  // Statistics that nothing reads are pruned with all that leads to them.
  private static Translation withStatistics(
      Call call, OnnxNodes onnx, Value result, Moments moments, @Nullable Value squeezed) {
    DataType type = OnnxNodes.onnx(call.meta("input").dtype());
    Value inverse = moments.inverseDeviation(onnx, type, call.number("eps"));
    return squeezed == null
        ? Translation.of(List.of(result, moments.mean(), inverse))
        : Translation.of(
            List.of(
                result,
                onnx.add("Squeeze", moments.mean(), squeezed),
                onnx.add("Squeeze", inverse, squeezed)));
  }

  private static Value layerNorm(Call call, OnnxNodes onnx) {
    List<Long> shape = call.integers("normalized_shape");
    DataType type = OnnxNodes.onnx(call.meta("input").dtype());
    Value scale = call.maybeTensor("weight").orElseGet(() -> filled(onnx, type, shape, 1));
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
    List<Long> shape = call.integers("normalized_shape");
    Value x = call.tensor("input");
    double eps = call.given("eps") ? call.number("eps") : epsilon(type);
    if (onnx.opset() >= RMS_OPSET) {
      return onnx.add(
          NodeSpec.of("RMSNormalization")
              .inputs(x, call.maybeTensor("weight").orElseGet(() -> filled(onnx, type, shape, 1)))
              .attribute("axis", -shape.size())
              .attribute("epsilon", Attribute.of((float) eps)));
    }
    long[] axes = LongStream.range(-shape.size(), 0).toArray();
    Value mean = onnx.add("ReduceMean", onnx.add("Mul", x, x), onnx.vector(axes));
    Value root = onnx.add("Sqrt", onnx.add("Add", mean, onnx.scalar(type, eps)));
    Value normal = onnx.add("Div", x, root);
    return call.maybeTensor("weight").map(w -> onnx.add("Mul", normal, w)).orElse(normal);
  }

  private static Value instanceNorm(Call call, OnnxNodes onnx) {
    long channels = fixed(call.meta("input").sizes().get(1));
    DataType type = OnnxNodes.onnx(call.meta("input").dtype());
    List<Long> shape = List.of(channels);
    Value scale = call.maybeTensor("weight").orElseGet(() -> filled(onnx, type, shape, 1));
    Value bias = call.maybeTensor("bias").orElseGet(() -> filled(onnx, type, shape, 0));
    return onnx.add(
        NodeSpec.of("InstanceNormalization")
            .inputs(call.tensor("input"), scale, bias)
            .attribute("epsilon", Attribute.of((float) call.number("eps"))));
  }

  /// The distance from one to the next number, PyTorch's default.
  private static double epsilon(DataType type) {
    return switch (type) {
      case DOUBLE -> Math.ulp(1.0);
      case FLOAT16 -> 0x1p-10;
      case BFLOAT16 -> 0x1p-7;
      default -> Math.ulp(1f);
    };
  }

  // Before opset 21, groups become the channels of an instance normalization; scale and bias follow
  // per channel.
  private static Value groupNorm(Call call, OnnxNodes onnx) {
    boolean nativeForm = call.op().startsWith("native");
    Value x = call.tensor("input");
    DataType type = OnnxNodes.onnx(call.meta("input").dtype());
    int rank = call.rank("input");
    long groups = call.integer(nativeForm ? "group" : "num_groups");
    if (onnx.opset() >= GROUP_OPSET && type != DataType.DOUBLE) {
      List<Long> channels = List.of(fixed(call.meta("input").sizes().get(1)));
      return onnx.add(
          NodeSpec.of("GroupNormalization")
              .inputs(
                  x,
                  call.maybeTensor("weight").orElseGet(() -> filled(onnx, type, channels, 1)),
                  call.maybeTensor("bias").orElseGet(() -> filled(onnx, type, channels, 0)))
              .attribute("num_groups", groups)
              .attribute("epsilon", Attribute.of((float) call.number("eps"))));
    }
    Value grouped = onnx.add("Reshape", x, onnx.vector(0, groups, -1));
    Value normal = groupsNormal(onnx, grouped, type, groups, call.number("eps"));
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

  // The operators compute doubles as floats, or not at all in ONNX Runtime.
  private static Value groupsNormal(
      OnnxNodes onnx, Value grouped, DataType type, long groups, double eps) {
    if (type == DataType.DOUBLE) {
      Moments moments = Moments.over(onnx, grouped, List.of(2L));
      return onnx.add("Mul", moments.centred(), moments.inverseDeviation(onnx, type, eps));
    }
    return onnx.add(
        NodeSpec.of("InstanceNormalization")
            .inputs(
                grouped,
                filled(onnx, type, List.of(groups), 1),
                filled(onnx, type, List.of(groups), 0))
            .attribute("epsilon", Attribute.of((float) eps)));
  }

  private static Value filled(OnnxNodes onnx, DataType type, List<Long> shape, double number) {
    return onnx.filled(number == 1 ? "weight" : "bias", type, number, shape);
  }

  private static long fixed(SymInt size) {
    return switch (size) {
      case SymInt.Known(long value) -> value;
      case SymInt.Expression _ -> throw new UnsupportedArgument("a varying number of channels");
    };
  }
}
