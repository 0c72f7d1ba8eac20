package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.Set;

/// Quotients and exponentials of complex numbers, and their conversion from and to other types.
final class ComplexFunctionTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.div", "aten.reciprocal", "aten.exp", "aten.to", "aten._to_copy");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return Translation.of(
        switch (call.op()) {
          case "div" -> quotient(call, onnx);
          case "reciprocal" -> reciprocal(onnx, call.tensor("self"));
          case "exp" -> exponential(onnx, call.tensor("self"));
          default -> converted(call, onnx);
        });
  }

  private static Value quotient(Call call, OnnxNodes onnx) {
    if (ComplexTranslator.isTensor(call, "other")) {
      Value inverse = reciprocal(onnx, call.tensor("other"));
      return ComplexTranslator.product(onnx, ComplexTranslator.pairs(call, onnx, "self"), inverse);
    }
    Value divisor = call.operand("other", call.result().dtype().part());
    boolean raised = call.isTensor("other") && call.rank("other") > 0;
    return onnx.add(
        "Div",
        call.tensor("self"),
        raised ? onnx.add("Unsqueeze", divisor, onnx.vector(-1)) : divisor);
  }

  // The conjugate over the squared length.
  private static Value reciprocal(OnnxNodes onnx, Value z) {
    Value square =
        onnx.add(
            NodeSpec.of("ReduceSumSquare").inputs(z, onnx.vector(-1)).attribute("keepdims", 1));
    return onnx.add("Div", ComplexTranslator.conjugate(onnx, z), square);
  }

  private static Value exponential(OnnxNodes onnx, Value z) {
    Value length = onnx.add("Exp", ComplexTranslator.part(onnx, z, 0));
    Value angle = ComplexTranslator.part(onnx, z, 1);
    return ComplexTranslator.joined(
        onnx,
        onnx.add("Mul", length, onnx.add("Cos", angle)),
        onnx.add("Mul", length, onnx.add("Sin", angle)));
  }

  // From complex to real the imaginary part is lost, as in PyTorch.
  private static Value converted(Call call, OnnxNodes onnx) {
    DataType part = OnnxNodes.onnx(call.result().dtype().part());
    Value self = call.tensor("self");
    boolean complex = call.meta("self").dtype().isComplex();
    if (!call.result().dtype().isComplex()) {
      return onnx.castTo(ComplexTranslator.part(onnx, self, 0), part);
    }
    Value numbers = onnx.castTo(self, part);
    return complex
        ? numbers
        : ComplexTranslator.joined(onnx, numbers, onnx.add("Sub", numbers, numbers));
  }
}
