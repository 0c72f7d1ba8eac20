package dev.octet.torch.export;

import dev.octet.ir.DenseTensor;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// Windows of signal processing → constants.
final class WindowTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.hann_window", "aten.hamming_window", "aten.blackman_window");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    int length = Math.toIntExact(call.integer("window_length"));
    // A periodic window is a symmetric one of one number more, without the last.
    boolean periodic = !isGiven(call, "periodic") || call.flag("periodic");
    double[] cosines =
        switch (call.op()) {
          case "hann_window" -> new double[] {0.5, -0.5};
          case "hamming_window" ->
              new double[] {number(call, "alpha", 0.54), -number(call, "beta", 0.46)};
          default -> new double[] {0.42, -0.5, 0.08};
        };
    float[] window = new float[length];
    double turn = 2 * Math.PI / Math.max(1, periodic ? length : length - 1);
    for (int i = 0; i < length; i++) {
      double sum = 0;
      for (int k = 0; k < cosines.length; k++) {
        sum += cosines[k] * Math.cos(turn * k * i);
      }
      window[i] = length == 1 ? 1 : (float) sum;
    }
    return Translation.of(
        onnx.cast(
            onnx.constant("window", DenseTensor.ofFloats(window, length)),
            TorchDtype.FLOAT32,
            call.result().dtype()));
  }

  // Which of them an overload has differs.
  private static boolean isGiven(Call call, String name) {
    return call.node().argument(name).isPresent();
  }

  private static double number(Call call, String name, double standard) {
    return isGiven(call, name) ? call.number(name) : standard;
  }
}
