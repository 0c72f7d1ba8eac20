package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Fourier transforms → products with a constant matrix of sines and cosines, which ONNX Runtime
/// computes faster than its own `DFT` at the lengths networks use; the short-time transform → a
/// convolution with them.
final class FourierTranslator implements AtenTranslator {
  /// A longer transform would put more than 64 MB of constants into the model.
  private static final int LONGEST = 2048;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.fft_rfft",
        "aten.fft_irfft",
        "aten.fft_fft",
        "aten.fft_ifft",
        "aten._fft_r2c",
        "aten._fft_c2r",
        "aten._fft_c2c",
        "aten.stft");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "stft" -> shortTime(call, onnx);
      case "fft_rfft" -> fromReal(call, onnx, axis(call), scale(call, false), true);
      case "_fft_r2c" ->
          fromReal(call, onnx, onlyAxis(call), power(call, "normalization"), call.flag("onesided"));
      case "fft_irfft" -> toReal(call, onnx, axis(call), scale(call, true));
      case "_fft_c2r" -> toReal(call, onnx, onlyAxis(call), power(call, "normalization"));
      case "fft_fft" ->
          call.meta("self").dtype().isComplex()
              ? complex(call, onnx, axis(call), scale(call, false), true)
              : fromReal(call, onnx, axis(call), scale(call, false), false);
      case "fft_ifft" -> complex(call, onnx, axis(call), scale(call, true), false);
      default ->
          complex(call, onnx, onlyAxis(call), power(call, "normalization"), call.flag("forward"));
    };
  }

  /// Exponent of the length in the factor of the result: 0, −½ or −1.
  private static double scale(Call call, boolean inverse) {
    String norm = call.given("norm") ? call.text("norm") : "backward";
    return switch (norm) {
      case "ortho" -> -0.5;
      case "forward" -> inverse ? 0 : -1;
      default -> inverse ? -1 : 0;
    };
  }

  private static double power(Call call, String name) {
    return -call.integer(name) / 2.0;
  }

  private static int axis(Call call) {
    int axis = call.axis("dim", call.rank("self"));
    long wanted = call.given("n") ? call.integer("n") : -1;
    boolean inverseOfReal = call.op().equals("fft_irfft");
    if (!inverseOfReal && wanted >= 0 && wanted != length(call, axis)) {
      throw new UnsupportedArgument("a transform that cuts or pads its input");
    }
    return axis;
  }

  private static int onlyAxis(Call call) {
    List<Long> axes = call.axes("dim", call.rank("self"));
    if (axes.size() != 1) {
      throw new UnsupportedArgument("a transform over several axes");
    }
    return (int) (long) axes.getFirst();
  }

  private static int length(Call call, int axis) {
    return known(call.meta("self").sizes().get(axis));
  }

  private static int known(SymInt size) {
    if (!(size instanceof SymInt.Known(long length))) {
      throw new UnsupportedArgument("a Fourier transform of varying length");
    }
    if (length > LONGEST) {
      throw new UnsupportedArgument("a Fourier transform longer than " + LONGEST);
    }
    return (int) length;
  }

  private static Translation fromReal(
      Call call, OnnxNodes onnx, int axis, double power, boolean oneSided) {
    int n = length(call, axis);
    int results = oneSided ? n / 2 + 1 : n;
    double factor = Math.pow(n, power);
    Value x = AxisOrderTranslator.transpose(onnx, call.tensor("self"), last(call, axis));
    Value real = onnx.add("MatMul", x, waves(call, onnx, n, results, factor, Math::cos));
    Value imaginary =
        onnx.add("MatMul", x, waves(call, onnx, n, results, factor, angle -> -Math.sin(angle)));
    return Translation.of(back(call, onnx, ComplexTranslator.joined(onnx, real, imaginary), axis));
  }

  private static Translation complex(
      Call call, OnnxNodes onnx, int axis, double power, boolean forward) {
    int n = length(call, axis);
    double factor = Math.pow(n, power);
    Value z = call.tensor("self");
    List<Long> order = last(call, axis);
    Value a = AxisOrderTranslator.transpose(onnx, ComplexTranslator.part(onnx, z, 0), order);
    Value b = AxisOrderTranslator.transpose(onnx, ComplexTranslator.part(onnx, z, 1), order);
    Value cos = waves(call, onnx, n, n, factor, Math::cos);
    Value sin =
        waves(call, onnx, n, n, factor, angle -> forward ? -Math.sin(angle) : Math.sin(angle));
    Value real = onnx.add("Sub", onnx.add("MatMul", a, cos), onnx.add("MatMul", b, sin));
    Value imaginary = onnx.add("Add", onnx.add("MatMul", a, sin), onnx.add("MatMul", b, cos));
    return Translation.of(back(call, onnx, ComplexTranslator.joined(onnx, real, imaginary), axis));
  }

  // Half of the coefficients is enough: the others are their conjugates, so that all but the first
  // and, for an even length, the last count twice.
  private static Translation toReal(Call call, OnnxNodes onnx, int axis, double power) {
    int n = known(call.result().sizes().get(axis));
    int given = length(call, axis);
    if (given != n / 2 + 1) {
      return Translation.unsupported("a transform that cuts or pads its input");
    }
    double factor = Math.pow(n, power);
    Value z = call.tensor("self");
    List<Long> order = last(call, axis);
    Value a = AxisOrderTranslator.transpose(onnx, ComplexTranslator.part(onnx, z, 0), order);
    Value b = AxisOrderTranslator.transpose(onnx, ComplexTranslator.part(onnx, z, 1), order);
    double[] cos = new double[given * n];
    double[] sin = new double[given * n];
    for (int k = 0; k < given; k++) {
      double weight = k == 0 || 2 * k == n ? factor : 2 * factor;
      for (int t = 0; t < n; t++) {
        double angle = angle((long) k * t, n);
        cos[k * n + t] = weight * Math.cos(angle);
        sin[k * n + t] = -weight * Math.sin(angle);
      }
    }
    Value sum =
        onnx.add(
            "Add",
            onnx.add("MatMul", a, onnx.numbers("waves", type(call), cos, given, n)),
            onnx.add("MatMul", b, onnx.numbers("waves", type(call), sin, given, n)));
    return Translation.of(AxisOrderTranslator.transpose(onnx, sum, inverse(order)));
  }

  // Every frequency is a filter of one channel, windowed; frames are the filter's places.
  private static Translation shortTime(Call call, OnnxNodes onnx) {
    int n = known(SymInt.of(call.integer("n_fft")));
    long hop = call.given("hop_length") ? call.integer("hop_length") : n / 4;
    boolean oneSided = !call.given("onesided") || call.flag("onesided");
    if (call.given("win_length") && call.integer("win_length") != n) {
      return Translation.unsupported("a window shorter than the transform");
    }
    if (AtenSchemas.standard().parameter(call.node().op(), "center").isPresent()
        && call.flag("center")) {
      return Translation.unsupported("stft that pads by itself");
    }
    int frequencies = oneSided ? n / 2 + 1 : n;
    double factor = call.flag("normalized") ? 1 / Math.sqrt(n) : 1;
    double[] filters = new double[2 * frequencies * n];
    for (int k = 0; k < frequencies; k++) {
      for (int t = 0; t < n; t++) {
        double angle = angle((long) k * t, n);
        filters[k * n + t] = factor * Math.cos(angle);
        filters[(frequencies + k) * n + t] = -factor * Math.sin(angle);
      }
    }
    Value waves = onnx.numbers("waves", type(call), filters, 2L * frequencies, 1, n);
    Value weight =
        call.maybeTensor("window").map(window -> onnx.add("Mul", waves, window)).orElse(waves);
    boolean batched = call.rank("self") == 2;
    Value signal =
        onnx.add("Unsqueeze", call.tensor("self"), batched ? onnx.vector(1) : onnx.vector(0, 1));
    Value both =
        onnx.add(
            NodeSpec.of("Conv").inputs(signal, weight).attribute("strides", Attribute.ints(hop)));
    Value parted = onnx.add("Reshape", both, onnx.vector(0, 2, frequencies, -1));
    Value pairs = AxisOrderTranslator.transpose(onnx, parted, List.of(0L, 2L, 3L, 1L));
    return Translation.of(batched ? pairs : onnx.add("Squeeze", pairs, onnx.vector(0)));
  }

  private interface Wave {
    double at(double angle);
  }

  private static Value waves(
      Call call, OnnxNodes onnx, int n, int results, double factor, Wave wave) {
    double[] matrix = new double[n * results];
    for (int t = 0; t < n; t++) {
      for (int k = 0; k < results; k++) {
        matrix[t * results + k] = factor * wave.at(angle((long) k * t, n));
      }
    }
    return onnx.numbers("waves", type(call), matrix, n, results);
  }

  /// The type of the real numbers that go in, or of which the complex ones are pairs.
  private static DataType type(Call call) {
    return switch (call.meta("self").dtype()) {
      case FLOAT64, COMPLEX128 -> DataType.DOUBLE;
      case FLOAT16 -> DataType.FLOAT16;
      default -> DataType.FLOAT;
    };
  }

  // Whole turns are taken off first: sines of large angles lose digits.
  private static double angle(long steps, int n) {
    return 2 * Math.PI * (steps % n) / n;
  }

  private static List<Long> last(Call call, int axis) {
    List<Long> order = new ArrayList<>(LongStream.range(0, call.rank("self")).boxed().toList());
    order.add(order.remove(axis));
    return order;
  }

  private static Value back(Call call, OnnxNodes onnx, Value pairs, int axis) {
    List<Long> order = inverse(last(call, axis));
    order.add((long) order.size());
    return AxisOrderTranslator.transpose(onnx, pairs, order);
  }

  private static List<Long> inverse(List<Long> order) {
    Long[] inverse = new Long[order.size()];
    for (int i = 0; i < inverse.length; i++) {
      inverse[(int) (long) order.get(i)] = (long) i;
    }
    return new ArrayList<>(List.of(inverse));
  }
}
