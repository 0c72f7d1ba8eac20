package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import java.util.List;

/// Interpolation with antialiasing before opset 18, where `Resize` has none: rows and columns are
/// mixed by one matrix each, with PyTorch's weights.
final class AntialiasedResize {
  private static final double CUBIC = -0.5;

  private AntialiasedResize() {}

  /// The resized `[N,C,H,W]` input.
  ///
  /// @throws UnsupportedArgument when the height or width varies
  static Value of(Call call, OnnxNodes onnx, boolean cubic) {
    String input = call.overload().equals("vec") ? "input" : "self";
    DataType type = OnnxNodes.onnx(call.result().dtype());
    boolean corners = call.flag("align_corners");
    Value x = call.tensor(input);
    for (int axis = 2; axis < 4; axis++) {
      long before = known(call.meta(input), axis);
      long after = known(call.result(), axis);
      double[] mix = weights((int) before, (int) after, corners, cubic);
      Value matrix = onnx.numbers("resize", type, mix, after, before);
      x =
          axis == 2
              ? onnx.add("MatMul", matrix, x)
              : onnx.add("MatMul", x, AxisOrderTranslator.transpose(onnx, matrix, List.of(1L, 0L)));
    }
    return x;
  }

  private static double[] weights(int before, int after, boolean corners, boolean cubic) {
    double scale =
        corners ? (after > 1 ? (before - 1.0) / (after - 1) : 0) : (double) before / after;
    double stretch = Math.max(scale, 1);
    double reach = (cubic ? 2 : 1) * stretch;
    double[] weights = new double[after * before];
    for (int i = 0; i < after; i++) {
      double centre = scale * (i + 0.5);
      int first = Math.max((int) (centre - reach + 0.5), 0);
      int end = Math.min((int) (centre + reach + 0.5), before);
      double total = 0;
      for (int j = first; j < end; j++) {
        total += filter((j - centre + 0.5) / stretch, cubic);
      }
      for (int j = first; j < end; j++) {
        weights[i * before + j] = filter((j - centre + 0.5) / stretch, cubic) / total;
      }
    }
    return weights;
  }

  private static double filter(double place, boolean cubic) {
    double x = Math.abs(place);
    if (!cubic) {
      return Math.max(1 - x, 0);
    }
    return x < 1
        ? ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1
        : x < 2 ? (((x - 5) * x + 8) * x - 4) * CUBIC : 0;
  }

  private static long known(TensorMeta meta, int axis) {
    if (meta.sizes().get(axis) instanceof SymInt.Known(long size)) {
      return size;
    }
    throw new UnsupportedArgument(
        "antialiasing of an image of varying size before opset 18: export with --opset 18 or"
            + " later");
  }
}
