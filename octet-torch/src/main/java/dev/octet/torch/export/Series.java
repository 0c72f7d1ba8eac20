package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.torch.graph.TorchDtype;

/// Functions known by their coefficients. They are computed in double precision: in single
/// precision the sums would lose the digits that the coefficients give.
final class Series {
  private static final ValueType NUMBER = ValueType.tensor(DataType.DOUBLE, null);

  private Series() {}

  /// The argument of a function that is computed with these.
  static Value argument(Call call, OnnxNodes onnx) {
    return call.operand("self", TorchDtype.FLOAT64);
  }

  /// Their result in the type the call returns.
  static Translation result(Call call, OnnxNodes onnx, Value value) {
    return Translation.of(onnx.cast(value, TorchDtype.FLOAT64, call.result().dtype()));
  }

  /// A constant number.
  static Value number(OnnxNodes onnx, double value) {
    return onnx.scalar(DataType.DOUBLE, value);
  }

  /// A polynomial, lowest power first.
  static Value polynomial(OnnxNodes onnx, Value x, double... coefficients) {
    Value sum = number(onnx, coefficients[coefficients.length - 1]);
    for (int i = coefficients.length - 2; i >= 0; i--) {
      sum = onnx.add("Add", onnx.add("Mul", sum, x), number(onnx, coefficients[i]));
    }
    return sum;
  }

  /// A sum of Chebyshev polynomials, the first one's coefficient halved, by Clenshaw's recurrence.
  ///
  /// @param y between −1 and 1
  static Value chebyshev(OnnxNodes onnx, Value y, double... coefficients) {
    int count = coefficients.length - 1;
    double[] descending = new double[count];
    for (int i = 0; i < count; i++) {
      descending[i] = coefficients[count - i];
    }
    Value zeros = onnx.add("Mul", y, number(onnx, 0));
    Value twice = onnx.add("Mul", y, number(onnx, 2));
    OnnxNodes inside = onnx.inside("body");
    Value last = inside.input("last", NUMBER);
    Value before = inside.input("before", NUMBER);
    Value coefficient = inside.input("coefficient", NUMBER);
    Value grown = inside.add("Sub", inside.add("Mul", twice, last), before);
    inside.output(inside.add("Add", grown, coefficient), NUMBER);
    inside.output(last, NUMBER);
    var ends =
        onnx.add(
            NodeSpec.of("Scan")
                .inputs(
                    zeros, zeros, onnx.numbers("coefficients", DataType.DOUBLE, descending, count))
                .attribute("num_scan_inputs", 1)
                .attribute("body", Attribute.of(inside.graph())),
            2);
    Value rest = onnx.add("Sub", onnx.add("Mul", y, ends.get(0)), ends.get(1));
    return onnx.add("Add", rest, number(onnx, coefficients[0] / 2));
  }
}
