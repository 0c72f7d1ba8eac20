package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// Choices by condition and limits on values → `Where`, `Clip`, `Min`, `Max`.
final class SelectionTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.where",
        "aten.masked_fill",
        "aten.clamp",
        "aten.clip",
        "aten.clamp_min",
        "aten.clamp_max");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype type = call.result().dtype();
    return switch (call.op()) {
      case "where" -> {
        if (call.overload().equals("default")) {
          yield Translation.unsupported("where with a condition alone");
        }
        yield Translation.of(
            chosen(
                onnx,
                type,
                call.operand("condition", TorchDtype.BOOL),
                call.operand("self", type),
                call.operand("other", type)));
      }
      case "masked_fill" ->
          Translation.of(
              chosen(
                  onnx,
                  type,
                  call.tensor("mask"),
                  call.operand("value", type),
                  call.operand("self", type)));
      default -> Translation.of(clamped(call, onnx, type));
    };
  }

  // ONNX Runtime chooses between everything but truths.
  private static Value chosen(
      OnnxNodes onnx, TorchDtype type, Value condition, Value yes, Value no) {
    return type == TorchDtype.BOOL
        ? onnx.add(
            "Or", onnx.add("And", condition, yes), onnx.add("And", onnx.add("Not", condition), no))
        : onnx.add("Where", condition, yes, no);
  }

  private static Value clamped(Call call, OnnxNodes onnx, TorchDtype type) {
    boolean lower = !call.op().equals("clamp_max") && call.given("min");
    boolean upper = !call.op().equals("clamp_min") && call.given("max");
    Value value = call.operand("self", type);
    boolean tensors = (lower && call.isTensor("min")) || (upper && call.isTensor("max"));
    DataType onnxType = OnnxNodes.onnx(type);
    if (!tensors && (onnxType == DataType.FLOAT || onnxType == DataType.INT64)) {
      return onnx.add(
          "Clip",
          value,
          lower ? call.operand("min", type) : null,
          upper ? call.operand("max", type) : null);
    }
    Value raised = lower ? onnx.add("Max", value, call.operand("min", type)) : value;
    return upper ? onnx.add("Min", raised, call.operand("max", type)) : raised;
  }
}
