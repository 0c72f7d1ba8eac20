package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
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
        "aten.empty_strided",
        "aten.eye",
        "aten.linspace",
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
      case "eye" -> {
        Size rows = call.size("n");
        Size columns = call.overload().equals("m") ? call.size("m") : rows;
        Value zeros = onnx.add("Expand", onnx.scalar(type, 0), onnx.sizes(List.of(rows, columns)));
        yield Translation.of(onnx.add("EyeLike", zeros));
      }
      case "linspace" -> Translation.of(linspace(call, onnx, dtype));
      case "zeros", "empty", "new_zeros", "new_empty", "empty_strided" ->
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

  // Counted from both ends, as PyTorch does, so that the last number is exactly the end.
  private static Value linspace(Call call, OnnxNodes onnx, TorchDtype dtype) {
    int steps = Math.toIntExact(call.integer("steps"));
    float start = (float) call.number("start");
    float end = (float) call.number("end");
    float step = steps > 1 ? (end - start) / (steps - 1) : 0;
    float[] values = new float[steps];
    for (int i = 0; i < steps; i++) {
      values[i] = i < steps / 2 || steps == 1 ? start + step * i : end - step * (steps - 1 - i);
    }
    Value numbers = onnx.constant("linspace", DenseTensor.ofFloats(values, steps));
    return onnx.cast(numbers, TorchDtype.FLOAT32, dtype);
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
