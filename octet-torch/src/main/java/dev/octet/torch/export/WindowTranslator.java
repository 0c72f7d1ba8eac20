package dev.octet.torch.export;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// Windows and frequencies of signal processing → constants.
final class WindowTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.hann_window",
        "aten.hamming_window",
        "aten.blackman_window",
        "aten.bartlett_window",
        "aten.kaiser_window",
        "aten.fft_fftfreq",
        "aten.fft_rfftfreq");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    if (call.op().endsWith("freq")) {
      return Translation.of(frequencies(call, onnx));
    }
    int length = Math.toIntExact(call.integer("window_length"));
    // A periodic window is a symmetric one of one number more, without the last.
    boolean periodic = !isGiven(call, "periodic") || call.flag("periodic");
    int steps = Math.max(1, periodic ? length : length - 1);
    float[] window = new float[length];
    for (int i = 0; i < length; i++) {
      double place = 2.0 * i / steps - 1;
      window[i] =
          length == 1
              ? 1
              : switch (call.op()) {
                case "bartlett_window" -> (float) (1 - Math.abs(place));
                case "kaiser_window" -> (float) kaiser(number(call, "beta", 12), place);
                default -> (float) cosines(call, 2 * Math.PI * i / steps);
              };
    }
    return Translation.of(
        onnx.cast(
            onnx.constant("window", DenseTensor.ofFloats(window, length)),
            TorchDtype.FLOAT32,
            call.result().dtype()));
  }

  private static double cosines(Call call, double angle) {
    double[] cosines =
        switch (call.op()) {
          case "hann_window" -> new double[] {0.5, -0.5};
          case "hamming_window" ->
              new double[] {number(call, "alpha", 0.54), -number(call, "beta", 0.46)};
          default -> new double[] {0.42, -0.5, 0.08};
        };
    double sum = 0;
    for (int k = 0; k < cosines.length; k++) {
      sum += cosines[k] * Math.cos(k * angle);
    }
    return sum;
  }

  private static double kaiser(double beta, double place) {
    return bessel(beta * Math.sqrt(Math.max(0, 1 - place * place))) / bessel(beta);
  }

  /// The modified Bessel function of order 0, by its series.
  private static double bessel(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > sum * 1e-17; k++) {
      term *= x * x / 4 / k / k;
      sum += term;
    }
    return sum;
  }

  // Multiples of one step, those of the upper half negative.
  private static Value frequencies(Call call, OnnxNodes onnx) {
    int n = Math.toIntExact(call.integer("n"));
    double step = 1 / (n * call.number("d"));
    double[] values = new double[call.op().contains("rfft") ? n / 2 + 1 : n];
    for (int i = 0; i < values.length; i++) {
      boolean upper = values.length == n && i > (n - 1) / 2;
      values[i] = step * (upper ? i - n : i);
    }
    return onnx.numbers(
        "frequencies", OnnxNodes.onnx(call.result().dtype()), values, values.length);
  }

  // Which of them an overload has differs.
  private static boolean isGiven(Call call, String name) {
    return call.node().argument(name).isPresent();
  }

  private static double number(Call call, String name, double standard) {
    return isGiven(call, name) ? call.number(name) : standard;
  }
}
