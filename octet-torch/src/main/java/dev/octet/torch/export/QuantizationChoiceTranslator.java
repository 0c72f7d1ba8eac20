package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.List;
import java.util.Set;

/// Scale and zero point from a tensor's own extremes, at run time (dynamic quantization).
///
/// The range is widened to hold zero; `scale = (max − min) / (qmax − qmin)`, at least `eps`;
/// `zero_point = clamp(round(qmin − min / scale))`. Symmetric: `scale = max|x| / ((qmax − qmin) /
/// 2)` and a fixed middle.
final class QuantizationChoiceTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "quantized_decomposed.choose_qparams", "quantized_decomposed.choose_qparams_symmetric");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    long qmin = call.integer("quant_min");
    long qmax = call.integer("quant_max");
    Value zero = onnx.scalar(DataType.FLOAT, 0);
    Value input = call.tensor("input");
    Value low = onnx.add("Min", extreme(onnx, "ReduceMin", input), zero);
    Value high = onnx.add("Max", extreme(onnx, "ReduceMax", input), zero);
    Value eps = onnx.scalar(DataType.FLOAT, call.number("eps"));
    if (call.op().endsWith("symmetric")) {
      Value reach = onnx.add("Max", onnx.add("Neg", low), high);
      Value scale =
          onnx.add(
              "Max",
              onnx.add("Div", reach, onnx.scalar(DataType.FLOAT, (double) (qmax - qmin) / 2)),
              eps);
      Value middle = onnx.scalar(DataType.INT64, (double) (qmin < 0 ? 0 : (qmin + qmax + 1) / 2));
      return Translation.of(vectors(onnx, scale, middle));
    }
    Value span = onnx.add("Sub", high, low);
    Value scale =
        onnx.add(
            "Max", onnx.add("Div", span, onnx.scalar(DataType.FLOAT, (double) (qmax - qmin))), eps);
    Value place =
        onnx.add(
            "Sub",
            onnx.scalar(DataType.FLOAT, (double) qmin),
            onnx.add("Round", onnx.add("Div", low, scale)));
    Value clipped =
        onnx.add(
            "Clip",
            place,
            onnx.scalar(DataType.FLOAT, (double) qmin),
            onnx.scalar(DataType.FLOAT, (double) qmax));
    return Translation.of(vectors(onnx, scale, onnx.castTo(clipped, DataType.INT64)));
  }

  // The recorded results are a float64 and an int64 of one element.
  private static List<Value> vectors(OnnxNodes onnx, Value scale, Value zeroPoint) {
    Value one = onnx.vector(1);
    return List.of(
        onnx.add("Reshape", onnx.castTo(scale, DataType.DOUBLE), one),
        onnx.add("Reshape", zeroPoint, one));
  }

  private static Value extreme(OnnxNodes onnx, String op, Value input) {
    return onnx.add(NodeSpec.of(op).inputs(input).attribute("keepdims", 0));
  }
}
