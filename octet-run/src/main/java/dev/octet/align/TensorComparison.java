package dev.octet.align;

import dev.octet.data.Batch;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Tensor;
import dev.octet.numeric.AllClose;
import dev.octet.numeric.ErrorStatistics;
import java.util.Arrays;
import java.util.List;

/// Figures of one pair of tensors, gathered batch by batch.
public final class TensorComparison {
  private final String name;
  private final String otherName;
  private final ErrorStatistics errors = new ErrorStatistics();
  private AllClose close = AllClose.NONE;
  private double worst;
  private String worstSample = "";

  /// @param name of the tensor in the reference
  /// @param otherName in the other model
  public TensorComparison(String name, String otherName) {
    this.name = name;
    this.otherName = otherName;
  }

  String name() {
    return name;
  }

  String otherName() {
    return otherName;
  }

  /// Whether two tensors can be compared: their shapes are the same, but for dimensions of 1.
  public static boolean haveOneShape(Tensor reference, Tensor other) {
    return withoutOnes(reference).equals(withoutOnes(other));
  }

  /// Adds what both models computed for one batch.
  ///
  /// @param tolerance when its numbers count as equal
  /// @throws OctetException `BAD_INPUT` when the two differ in shape or hold no numbers
  public void accept(Batch batch, Tensor reference, Tensor other, Tolerance tolerance) {
    String place =
        name.equals(otherName) ? "'" + name + "'" : "'" + name + "', '" + otherName + "'";
    if (!haveOneShape(reference, other)) {
      throw OctetException.badInput(
          "shapes-differ",
          place,
          "has shape "
              + reference.dims()
              + " in the reference and "
              + other.dims()
              + " in the other",
          "tensors to compare must have one shape, but for dimensions of 1");
    }
    float[] wanted = Numbers.of(reference, place);
    float[] got = Numbers.of(other, place);
    int samples = batch.samples().size();
    boolean divides =
        !reference.dims().isEmpty()
            && reference.dims().getFirst() % samples == 0
            && wanted.length > 0;
    int parts = divides ? samples : 1;
    if (parts == 1) {
      accept(batch.samples().getFirst().name(), wanted, got, tolerance);
      return;
    }
    int length = wanted.length / parts;
    for (int part = 0; part < parts; part++) {
      accept(
          batch.samples().get(part).name(),
          Arrays.copyOfRange(wanted, part * length, (part + 1) * length),
          Arrays.copyOfRange(got, part * length, (part + 1) * length),
          tolerance);
    }
  }

  /// The figures so far.
  public TensorAlignment result() {
    double sqnr = errors.rootMeanSquare() == 0 ? Double.POSITIVE_INFINITY : errors.sqnr();
    return new TensorAlignment(
        name,
        otherName,
        close.elements(),
        close.mismatched(),
        close.maxAbsolute(),
        close.maxRelative(),
        sqnr,
        worstSample);
  }

  private void accept(String sample, float[] wanted, float[] got, Tolerance tolerance) {
    AllClose part = AllClose.of(got, wanted, tolerance.rtol(), tolerance.atol());
    errors.accept(wanted, got);
    close = close.plus(part);
    // A difference in being finite has no size, yet is the worst there is.
    double badness =
        part.mismatched() > 0 && part.maxAbsolute() == 0
            ? Double.POSITIVE_INFINITY
            : part.maxAbsolute();
    if (badness > worst) {
      worst = badness;
      worstSample = sample;
    }
  }

  private static List<Long> withoutOnes(Tensor tensor) {
    return tensor.dims().stream().filter(size -> size != 1).toList();
  }
}
