package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.List;
import java.util.Set;

/// Shifts of signed integers, which ONNX has for unsigned ones only, and common divisors.
final class IntegerTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.__lshift__",
        "aten.__rshift__",
        "aten.bitwise_left_shift",
        "aten.bitwise_right_shift",
        "aten.gcd",
        "aten.lcm");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype dtype = call.result().dtype();
    if (dtype.isFloat()) {
      return Translation.unsupported("a shift of floating point numbers", "multiply by 2 ** n");
    }
    // Small integers are computed in 64 bits: ONNX Runtime divides no others.
    Value a = call.operand("self", TorchDtype.INT64);
    Value b = call.operand("other", TorchDtype.INT64);
    Value result =
        switch (call.op()) {
          case "gcd" -> divisor(onnx, a, b);
          case "lcm" -> multiple(onnx, a, b);
          default -> shifted(onnx, a, b, call.op().contains("right") || call.op().contains("rsh"));
        };
    return Translation.of(onnx.cast(result, TorchDtype.INT64, dtype));
  }

  private static Value shifted(OnnxNodes onnx, Value a, Value b, boolean right) {
    Value power = onnx.add("Pow", onnx.scalar(DataType.INT64, 2), b);
    // Division rounds to zero, the shift down.
    return right
        ? onnx.add("Div", onnx.add("Sub", a, onnx.add("Mod", a, power)), power)
        : onnx.add("Mul", a, power);
  }

  // Euclid's remainders, until all are zero.
  private static Value divisor(OnnxNodes onnx, Value a, Value b) {
    Value zeros = onnx.add("Mul", onnx.add("Sub", a, a), b);
    Value first = onnx.add("Add", onnx.add("Abs", a), zeros);
    Value second = onnx.add("Add", onnx.add("Abs", b), zeros);
    return Rounds.repeated(
            onnx,
            List.of(first, second),
            List.of(DataType.INT64, DataType.INT64),
            (outer, state) ->
                outer.add(
                    "Greater",
                    outer.add(
                        NodeSpec.of("ReduceMax").inputs(state.get(1)).attribute("keepdims", 0)),
                    outer.scalar(DataType.INT64, 0)),
            (inside, k, state) -> {
              Value done = inside.add("Equal", state.get(1), inside.scalar(DataType.INT64, 0));
              Value by = inside.add("Where", done, inside.scalar(DataType.INT64, 1), state.get(1));
              return List.of(
                  inside.add("Where", done, state.get(0), state.get(1)),
                  inside.add("Mod", state.get(0), by));
            })
        .getFirst();
  }

  private static Value multiple(OnnxNodes onnx, Value a, Value b) {
    Value divisor = divisor(onnx, a, b);
    // The multiple of two zeros is zero; their divisor too.
    Value by = onnx.add("Max", divisor, onnx.scalar(DataType.INT64, 1));
    return onnx.add("Abs", onnx.add("Mul", onnx.add("Div", a, by), b));
  }
}
