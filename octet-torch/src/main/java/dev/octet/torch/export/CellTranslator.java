package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One step of a recurrent layer, as decoders take it → two products and their gates.
final class CellTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.lstm_cell", "aten.gru_cell", "aten.rnn_tanh_cell", "aten.rnn_relu_cell");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "lstm_cell" -> Translation.of(longShort(call, onnx));
      case "gru_cell" -> Translation.of(gated(call, onnx));
      default -> {
        Value sum = onnx.add("Add", ofInput(call, onnx), ofState(call, onnx, call.tensor("hx")));
        yield Translation.of(onnx.add(call.op().equals("rnn_relu_cell") ? "Relu" : "Tanh", sum));
      }
    };
  }

  private static List<Value> longShort(Call call, OnnxNodes onnx) {
    List<Value> states = call.tensors("hx");
    Value sum = onnx.add("Add", ofInput(call, onnx), ofState(call, onnx, states.get(0)));
    return step(onnx, sum, states.get(1));
  }

  /// Hidden state and cell after a step.
  ///
  /// @param sum of what input and state say about the four gates
  /// @param before the cell before it
  static List<Value> step(OnnxNodes onnx, Value sum, Value before) {
    List<Value> gates = split(onnx, sum, 4);
    Value kept = onnx.add("Mul", onnx.add("Sigmoid", gates.get(1)), before);
    Value added =
        onnx.add("Mul", onnx.add("Sigmoid", gates.get(0)), onnx.add("Tanh", gates.get(2)));
    Value cell = onnx.add("Add", kept, added);
    Value hidden = onnx.add("Mul", onnx.add("Sigmoid", gates.get(3)), onnx.add("Tanh", cell));
    return List.of(hidden, cell);
  }

  // h′ = n + z · (h − n), with the reset gate applied after the recurrent product.
  private static Value gated(Call call, OnnxNodes onnx) {
    Value state = call.tensor("hx");
    List<Value> input = split(onnx, ofInput(call, onnx), 3);
    List<Value> recurrent = split(onnx, ofState(call, onnx, state), 3);
    Value reset = onnx.add("Sigmoid", onnx.add("Add", input.get(0), recurrent.get(0)));
    Value update = onnx.add("Sigmoid", onnx.add("Add", input.get(1), recurrent.get(1)));
    Value next =
        onnx.add("Tanh", onnx.add("Add", input.get(2), onnx.add("Mul", reset, recurrent.get(2))));
    return onnx.add("Add", next, onnx.add("Mul", update, onnx.add("Sub", state, next)));
  }

  private static Value ofInput(Call call, OnnxNodes onnx) {
    return product(call, onnx, call.tensor("input"), "w_ih", "b_ih");
  }

  private static Value ofState(Call call, OnnxNodes onnx, Value state) {
    return product(call, onnx, state, "w_hh", "b_hh");
  }

  private static Value product(Call call, OnnxNodes onnx, Value input, String weight, String bias) {
    Optional<Value> added = call.maybeTensor(bias);
    NodeSpec spec = NodeSpec.of("Gemm").attribute("transB", 1);
    return onnx.add(
        added
            .map(each -> spec.inputs(input, call.tensor(weight), each))
            .orElseGet(() -> spec.inputs(input, call.tensor(weight))));
  }

  private static List<Value> split(OnnxNodes onnx, Value gates, int count) {
    return onnx.add(
        NodeSpec.of("Split")
            .inputs(gates)
            .attribute("axis", -1)
            .attribute("num_outputs", Attribute.of((long) count)),
        count);
  }
}
