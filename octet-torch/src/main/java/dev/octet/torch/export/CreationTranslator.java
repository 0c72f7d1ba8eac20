package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.List;
import java.util.Set;

/// Tensors made from nothing but a shape and a number → constants, `Expand` of a constant, `Range`.
final class CreationTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.zeros",
        "aten.ones",
        "aten.full",
        "aten.empty",
        "aten.zeros_like",
        "aten.ones_like",
        "aten.full_like",
        "aten.empty_like",
        "aten.new_zeros",
        "aten.new_ones",
        "aten.new_full",
        "aten.new_empty",
        "aten.fill",
        "aten.scalar_tensor",
        "aten.arange",
        "aten.tril",
        "aten.triu");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype dtype = call.result().dtype();
    DataType type = OnnxNodes.onnx(dtype);
    return switch (call.op()) {
      case "scalar_tensor" -> Translation.of(call.operand("s", dtype));
      case "arange" -> Translation.of(range(call, onnx, dtype));
      case "tril", "triu" -> {
        dev.octet.ir.NodeSpec spec =
            dev.octet.ir.NodeSpec.of("Trilu")
                .inputs(call.tensor("self"), onnx.scalar(call.size("diagonal")));
        yield Translation.of(
            onnx.add(call.op().equals("tril") ? spec.attribute("upper", 0) : spec));
      }
      case "zeros_like", "empty_like" -> Translation.of(like(call, onnx, onnx.scalar(type, 0)));
      case "ones_like" -> Translation.of(like(call, onnx, onnx.scalar(type, 1)));
      case "full_like" -> Translation.of(like(call, onnx, call.operand("fill_value", dtype)));
      case "fill" -> Translation.of(like(call, onnx, call.operand("value", dtype)));
      case "zeros", "empty", "new_zeros", "new_empty" ->
          Translation.of(filled(call, onnx, onnx.scalar(type, 0)));
      case "ones", "new_ones" -> Translation.of(filled(call, onnx, onnx.scalar(type, 1)));
      default -> Translation.of(filled(call, onnx, call.operand("fill_value", dtype)));
    };
  }

  private static Value filled(Call call, OnnxNodes onnx, Value number) {
    List<Size> sizes = call.sizes("size");
    return sizes.isEmpty() ? number : onnx.add("Expand", number, onnx.sizes(sizes));
  }

  private static Value like(Call call, OnnxNodes onnx, Value number) {
    List<Size> sizes = ReshapeTranslator.own(call, onnx, "self");
    boolean fixed = sizes.stream().allMatch(Size.Fixed.class::isInstance);
    if (sizes.isEmpty()) {
      return number;
    }
    Value shape = fixed ? onnx.sizes(sizes) : onnx.shapeOf(call.tensor("self"));
    return onnx.add("Expand", number, shape);
  }

  private static Value range(Call call, OnnxNodes onnx, TorchDtype dtype) {
    boolean started = !call.overload().equals("default");
    Value start = started ? call.operand("start", dtype) : onnx.scalar(OnnxNodes.onnx(dtype), 0);
    Value step =
        call.overload().equals("start_step")
            ? call.operand("step", dtype)
            : onnx.scalar(OnnxNodes.onnx(dtype), 1);
    return onnx.add("Range", start, call.operand("end", dtype), step);
  }
}
