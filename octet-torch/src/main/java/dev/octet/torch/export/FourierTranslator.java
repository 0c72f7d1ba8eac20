package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Fourier transforms over one or several axes, one after the other: short ones as [Waves], long
/// ones and those of varying length as [LongWaves].
final class FourierTranslator implements AtenTranslator {
  private static final Set<String> INVERSE =
      Set.of("fft_ifft", "fft_ifft2", "fft_ifftn", "fft_irfft", "fft_irfft2", "fft_irfftn");

  // Stands for the size there is.
  private static final Size WHOLE = Size.of(Long.MAX_VALUE);

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
    int rank = call.rank("self");
    Value x = call.tensor("self");
    List<Axis> axes = new ArrayList<>();
    for (Axis axis : axes(call, onnx, toReal)) {
      axes.add(axis);
      x = axis.fitted(onnx, x, fromReal ? rank : rank + 1);
    }
    double power = power(call);
    Transforms transforms = new Transforms(onnx, type(call), rank, power);
    boolean forward =
        call.op().equals("_fft_c2c") ? call.flag("forward") : !INVERSE.contains(call.op());
    if (toReal) {
      for (Axis axis : axes.subList(0, axes.size() - 1)) {
        x = transforms.ofComplex(x, axis, false);
      }
      return Translation.of(transforms.toReal(x, axes.getLast(), call.op().equals("fft_hfft")));
    }
    List<Axis> rest = axes;
    if (fromReal) {
      x = transforms.ofReal(x, axes.getLast(), half);
      rest = axes.subList(0, axes.size() - 1);
      // The other direction's coefficients of real numbers are these ones' conjugates.
      if (!forward || call.op().equals("fft_ihfft")) {
        x = ComplexTranslator.conjugate(onnx, x);
      }
    }
    for (Axis axis : rest) {
      x = transforms.ofComplex(x, axis, forward);
    }
    return Translation.of(x);
  }

  /// Each axis the way that suits its length.
  ///
  /// @param rank of the tensor, without a pairs' axis
  /// @param power of each axis' length that results are multiplied by
  private record Transforms(OnnxNodes onnx, DataType type, int rank, double power) {

    Value ofReal(Value x, Axis axis, boolean half) {
      return axis.isShort()
          ? waves().ofReal(x, rank, axis.place(), axis.steps(), factor(axis), half)
          : dft().ofReal(x, axis.place(), axis.length(), half);
    }

    Value ofComplex(Value z, Axis axis, boolean forward) {
      return axis.isShort()
          ? waves().ofComplex(z, rank, axis.place(), axis.steps(), factor(axis), forward)
          : dft().ofComplex(z, axis.place(), axis.length(), forward);
    }

    Value toReal(Value z, Axis axis, boolean conjugate) {
      return axis.isShort()
          ? waves().toReal(z, rank, axis.place(), axis.steps(), factor(axis), conjugate)
          : dft().toReal(z, rank, axis.place(), axis.length(), conjugate);
    }

    private double factor(Axis axis) {
      return Math.pow(axis.steps(), power);
    }

    private Waves waves() {
      return new Waves(onnx, type);
    }

    private LongWaves dft() {
      return new LongWaves(onnx, type, power);
    }
  }

  /// An axis transformed.
  ///
  /// @param place counted from the front
  /// @param given its size in the input
  /// @param wanted the size the input is cut or padded to
  /// @param length of the transform
  private record Axis(int place, SymInt given, Size wanted, Size length) {

    boolean isShort() {
      return length instanceof Size.Fixed(long steps) && steps <= Waves.LONGEST;
    }

    /// The length of a short transform.
    int steps() {
      return (int) ((Size.Fixed) length).value();
    }

    // As many zeros as are wanted are enough for any size.
    Value fitted(OnnxNodes onnx, Value x, int rank) {
      boolean known = given instanceof SymInt.Known && wanted instanceof Size.Fixed;
      long missing =
          known ? ((Size.Fixed) wanted).value() - ((SymInt.Known) given).value() : Long.MAX_VALUE;
      if (missing == 0 || wanted.equals(WHOLE)) {
        return x;
      }
      Value padded = x;
      if (missing > 0) {
        List<Size> pads = new ArrayList<>(Collections.nCopies(2 * rank, Size.of(0)));
        pads.set(rank + place, known ? Size.of(missing) : wanted);
        padded = onnx.add("Pad", x, onnx.sizes(pads));
      }
      return known && missing > 0
          ? padded
          : SlicingTranslator.slice(onnx, padded, place, Size.of(0), wanted, 1);
    }
  }

  private static List<Axis> axes(Call call, OnnxNodes onnx, boolean toReal) {
    int rank = call.rank("self");
    List<Size> lengths = lengths(call);
    List<Long> places =
        call.given("dim")
            ? call.axes("dim", rank)
            : LongStream.range(lengths.isEmpty() ? 0 : rank - lengths.size(), rank)
                .boxed()
                .toList();
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      int place = (int) (long) places.get(i);
      SymInt given = call.meta("self").sizes().get(place);
      Size whole =
          given instanceof SymInt.Known(long size)
              ? Size.of(size)
              : onnx.dimension(call.tensor("self"), place, "");
      Size stated =
          i < lengths.size() && !lengths.get(i).equals(Size.of(-1)) ? lengths.get(i) : WHOLE;
      if (toReal && i == places.size() - 1) {
        Size length = realLength(call, onnx, place, stated, whole);
        Size wanted =
            switch (length) {
              case Size.Fixed(long n) -> Size.of(n / 2 + 1);
              case Size.Computed(Value n, String _) when !stated.equals(WHOLE) ->
                  computed(onnx.add("Add", onnx.add("Div", n, onnx.vector(2)), onnx.vector(1)));
              case Size.Computed _ -> WHOLE;
            };
        axes.add(new Axis(place, given, wanted, length));
      } else {
        axes.add(new Axis(place, given, stated, stated.equals(WHOLE) ? whole : stated));
      }
    }
    return axes;
  }

  /// The lengths a call states, for its last axes; -1 stands for the size there is.
  private static List<Size> lengths(Call call) {
    if (AtenSchemas.standard().parameter(call.node().op(), "n").isPresent()) {
      return call.given("n") ? List.of(call.size("n")) : List.of();
    }
    return AtenSchemas.standard().parameter(call.node().op(), "s").isPresent() && call.given("s")
        ? call.sizes("s")
        : List.of();
  }

  /// How many real numbers come out of half the coefficients.
  private static Size realLength(Call call, OnnxNodes onnx, int place, Size stated, Size whole) {
    if (call.result().sizes().get(place) instanceof SymInt.Known(long length)) {
      return Size.of(length);
    }
    if (call.op().equals("_fft_c2r")) {
      return call.size("last_dim_size");
    }
    if (!stated.equals(WHOLE)) {
      return stated;
    }
    Value others = onnx.add("Sub", onnx.sizes(List.of(whole)), onnx.vector(1));
    return computed(onnx.add("Mul", others, onnx.vector(2)));
  }

  private static Size computed(Value vector) {
    return new Size.Computed(vector, vector.name());
  }

  /// The power of an axis' length that results are multiplied by.
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
