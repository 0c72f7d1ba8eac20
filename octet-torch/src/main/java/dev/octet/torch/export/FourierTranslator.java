package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Fourier transforms over one or several axes → [Waves], one axis after the other.
final class FourierTranslator implements AtenTranslator {
  private static final Set<String> INVERSE =
      Set.of("fft_ifft", "fft_ifft2", "fft_ifftn", "fft_irfft", "fft_irfft2", "fft_irfftn");

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.fft_fft",
        "aten.fft_fft2",
        "aten.fft_fftn",
        "aten.fft_ifft",
        "aten.fft_ifft2",
        "aten.fft_ifftn",
        "aten.fft_rfft",
        "aten.fft_rfft2",
        "aten.fft_rfftn",
        "aten.fft_irfft",
        "aten.fft_irfft2",
        "aten.fft_irfftn",
        "aten.fft_hfft",
        "aten.fft_ihfft",
        "aten._fft_r2c",
        "aten._fft_c2r",
        "aten._fft_c2c");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    boolean fromReal = !call.meta("self").dtype().isComplex();
    boolean toReal = !call.result().dtype().isComplex();
    boolean half = call.op().contains("fft_rfft") || call.op().equals("fft_ihfft");
    if (call.op().equals("_fft_r2c")) {
      half = call.flag("onesided");
    }
    Waves waves = new Waves(onnx, type(call));
    List<Axis> axes = axes(call, toReal);
    double factor = factor(call, axes);
    boolean forward =
        call.op().equals("_fft_c2c") ? call.flag("forward") : !INVERSE.contains(call.op());
    int rank = call.rank("self");
    Value x = call.tensor("self");
    for (Axis axis : axes) {
      x = axis.fitted(onnx, x, fromReal ? rank : rank + 1);
    }
    if (toReal) {
      for (Axis axis : axes.subList(0, axes.size() - 1)) {
        x = waves.ofComplex(x, rank, axis.place(), axis.length(), 1, false);
      }
      Axis last = axes.getLast();
      boolean conjugate = call.op().equals("fft_hfft");
      return Translation.of(waves.toReal(x, rank, last.place(), last.length(), factor, conjugate));
    }
    List<Axis> rest = axes;
    if (fromReal) {
      Axis last = axes.getLast();
      x = waves.ofReal(x, rank, last.place(), last.length(), factor, half);
      rest = axes.subList(0, axes.size() - 1);
      // The other direction's coefficients of real numbers are these ones' conjugates.
      if (!forward || call.op().equals("fft_ihfft")) {
        x = conjugate(onnx, x);
      }
      factor = 1;
    }
    for (Axis axis : rest) {
      x = waves.ofComplex(x, rank, axis.place(), axis.length(), factor, forward);
      factor = 1;
    }
    return Translation.of(x);
  }

  private static Value conjugate(OnnxNodes onnx, Value z) {
    return ComplexTranslator.joined(
        onnx,
        ComplexTranslator.part(onnx, z, 0),
        onnx.add("Neg", ComplexTranslator.part(onnx, z, 1)));
  }

  /// An axis transformed.
  ///
  /// @param place counted from the front
  /// @param given its size in the input
  /// @param wanted the size the input is cut or padded to
  /// @param length of the transform
  private record Axis(int place, long given, long wanted, int length) {

    Value fitted(OnnxNodes onnx, Value x, int rank) {
      if (wanted == given) {
        return x;
      }
      if (wanted < given) {
        return SlicingTranslator.slice(onnx, x, place, Size.of(0), Size.of(wanted), 1);
      }
      long[] pads = new long[2 * rank];
      pads[rank + place] = wanted - given;
      return onnx.add("Pad", x, onnx.vector(pads));
    }
  }

  private static List<Axis> axes(Call call, boolean toReal) {
    int rank = call.rank("self");
    boolean single = AtenSchemas.standard().parameter(call.node().op(), "n").isPresent();
    List<Long> lengths =
        single
            ? call.given("n") ? List.of(call.integer("n")) : List.of()
            : AtenSchemas.standard().parameter(call.node().op(), "s").isPresent() && call.given("s")
                ? call.integers("s")
                : List.of();
    List<Long> places =
        call.given("dim")
            ? call.axes("dim", rank)
            : LongStream.range(lengths.isEmpty() ? 0 : rank - lengths.size(), rank)
                .boxed()
                .toList();
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      int place = (int) (long) places.get(i);
      long given = known(call.meta("self").sizes().get(place));
      boolean real = toReal && i == places.size() - 1;
      long stated = i < lengths.size() ? lengths.get(i) : -1;
      long length = real ? known(call.result().sizes().get(place)) : stated >= 0 ? stated : given;
      if (length > Waves.LONGEST) {
        throw new UnsupportedArgument("a Fourier transform longer than " + Waves.LONGEST);
      }
      axes.add(new Axis(place, given, real ? length / 2 + 1 : length, (int) length));
    }
    return axes;
  }

  private static long known(SymInt size) {
    if (size instanceof SymInt.Known(long length)) {
      return length;
    }
    throw new UnsupportedArgument("a Fourier transform of varying length");
  }

  /// What the results are multiplied by: a power of the number of elements transformed.
  private static double factor(Call call, List<Axis> axes) {
    double count = axes.stream().mapToDouble(Axis::length).reduce(1, (a, b) -> a * b);
    return Math.pow(count, power(call));
  }

  private static double power(Call call) {
    if (call.op().startsWith("_")) {
      return -call.integer("normalization") / 2.0;
    }
    boolean inverse = INVERSE.contains(call.op()) || call.op().equals("fft_ihfft");
    String norm = call.given("norm") ? call.text("norm") : "backward";
    return switch (norm) {
      case "ortho" -> -0.5;
      case "forward" -> inverse ? 0 : -1;
      default -> inverse ? -1 : 0;
    };
  }

  /// The type of the real numbers that go in, or of which the complex ones are pairs.
  static DataType type(Call call) {
    return switch (call.meta("self").dtype()) {
      case FLOAT64, COMPLEX128 -> DataType.DOUBLE;
      case FLOAT16 -> DataType.FLOAT16;
      default -> DataType.FLOAT;
    };
  }
}
