package dev.octet.align;

/// When two numbers count as equal: `|a - b| <= atol + rtol * |b|`, as in NumPy's
/// `assert_allclose`, where `b` is the reference.
///
/// @param rtol part of the reference's magnitude
/// @param atol in the tensors' own units
public record Tolerance(double rtol, double atol) {
  /// For two renderings of one float32 model.
  public static final Tolerance FLOAT32 = new Tolerance(1e-3, 1e-5);

  /// For two renderings of one quantized model.
  public static final Tolerance QUANTIZED = new Tolerance(0.1, 0.1);

  public Tolerance {
    if (!(rtol >= 0) || !(atol >= 0)) {
      throw new IllegalArgumentException("tolerances must be 0 or more: " + rtol + ", " + atol);
    }
  }
}
