package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/// Gradients of normalization by the input's own statistics.
///
/// With `n` the normalized input and `g` its gradient, the input's gradient is
/// `(g − mean(g) − n · mean(g · n)) / deviation`: what would change mean and deviation alone has no
/// effect.
final class NormGradientTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.native_layer_norm_backward", "aten.native_group_norm_backward");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype own = call.meta("input").dtype();
    TorchDtype type = Promotion.accumulated(own);
    List<Value> gradients =
        call.op().equals("native_layer_norm_backward")
            ? ofLayers(call, onnx, type)
            : ofGroups(call, onnx, type);
    return Translation.of(
        gradients.stream().map(gradient -> onnx.cast(gradient, type, own)).toList());
  }

  private static List<Value> ofLayers(Call call, OnnxNodes onnx, TorchDtype type) {
    int count = call.integers("normalized_shape").size();
    int outer = call.rank("input") - count;
    Value gradient = call.operand("grad_out", type);
    Value inverse = call.operand("rstd", type);
    Value normal = normal(onnx, call.operand("input", type), call.operand("mean", type), inverse);
    Optional<Value> weight = call.maybeTensor("weight").map(w -> call.operand("weight", type));
    List<Boolean> wanted = call.flags("output_mask");
    List<Value> gradients = new ArrayList<>();
    if (wanted.get(0)) {
      Value weighted = weight.map(w -> onnx.add("Mul", gradient, w)).orElse(gradient);
      List<Long> axes = LongStream.range(-count, 0).boxed().toList();
      gradients.add(byInput(onnx, weighted, normal, inverse, axes));
    }
    List<Long> others = LongStream.range(0, outer).boxed().toList();
    addParameters(onnx, gradients, wanted, gradient, normal, others);
    return gradients;
  }

  private static List<Value> ofGroups(Call call, OnnxNodes onnx, TorchDtype type) {
    long groups = call.integer("group");
    Size channels = call.size("C");
    Value grouped = onnx.vector(0, groups, -1);
    Value parted = onnx.sizes(List.of(Size.of(0), channels, Size.of(-1)));
    Value gradient = onnx.add("Reshape", call.operand("grad_out", type), parted);
    Value inverse = onnx.add("Unsqueeze", call.operand("rstd", type), onnx.vector(2));
    Value normal =
        normal(
            onnx,
            onnx.add("Reshape", call.operand("input", type), grouped),
            onnx.add("Unsqueeze", call.operand("mean", type), onnx.vector(2)),
            inverse);
    Optional<Value> weight =
        call.maybeTensor("weight")
            .map(w -> onnx.add("Unsqueeze", call.operand("weight", type), onnx.vector(1)));
    List<Boolean> wanted = call.flags("output_mask");
    List<Value> gradients = new ArrayList<>();
    if (wanted.get(0)) {
      Value weighted = weight.map(w -> onnx.add("Mul", gradient, w)).orElse(gradient);
      Value inGroups = onnx.add("Reshape", weighted, grouped);
      Value result = byInput(onnx, inGroups, normal, inverse, List.of(2L));
      List<Size> sizes = ReshapeTranslator.own(call, onnx, "input");
      gradients.add(onnx.add("Reshape", result, onnx.sizes(sizes)));
    }
    Value inChannels = onnx.add("Reshape", normal, parted);
    addParameters(onnx, gradients, wanted, gradient, inChannels, List.of(0L, 2L));
    return gradients;
  }

  private static Value normal(OnnxNodes onnx, Value input, Value mean, Value inverse) {
    return onnx.add("Mul", onnx.add("Sub", input, mean), inverse);
  }

  private static Value byInput(
      OnnxNodes onnx, Value gradient, Value normal, Value inverse, List<Long> axes) {
    Value along = mean(onnx, onnx.add("Mul", gradient, normal), axes);
    Value centred = onnx.add("Sub", gradient, mean(onnx, gradient, axes));
    return onnx.add("Mul", onnx.add("Sub", centred, onnx.add("Mul", normal, along)), inverse);
  }

  private static void addParameters(
      OnnxNodes onnx,
      List<Value> gradients,
      List<Boolean> wanted,
      Value gradient,
      Value normal,
      List<Long> axes) {
    if (wanted.get(1)) {
      gradients.add(sum(onnx, onnx.add("Mul", gradient, normal), axes));
    }
    if (wanted.get(2)) {
      gradients.add(sum(onnx, gradient, axes));
    }
  }

  private static Value mean(OnnxNodes onnx, Value value, List<Long> axes) {
    return onnx.add(
        NodeSpec.of("ReduceMean").inputs(value, onnx.vector(axes)).attribute("keepdims", 1));
  }

  private static Value sum(OnnxNodes onnx, Value value, List<Long> axes) {
    return axes.isEmpty()
        ? value
        : onnx.add(
            NodeSpec.of("ReduceSum").inputs(value, onnx.vector(axes)).attribute("keepdims", 0));
  }
}
