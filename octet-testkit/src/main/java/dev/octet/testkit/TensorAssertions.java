package dev.octet.testkit;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.StringTensor;
import dev.octet.ir.Tensor;
import java.util.Map;
import java.util.Optional;

/// Comparison of tensors, element by element.
public final class TensorAssertions {
  private TensorAssertions() {}

  /// Asserts that two sets of named tensors have the same names in the same order and close
  /// elements.
  public static void assertClose(
      Map<String, ? extends Tensor> actual,
      Map<String, ? extends Tensor> expected,
      Tolerance tolerance) {
    if (!actual.keySet().stream().toList().equals(expected.keySet().stream().toList())) {
      throw new AssertionError(
          "expected tensors " + expected.keySet() + ", found " + actual.keySet());
    }
    expected.forEach(
        (name, tensor) -> {
          Tensor found = actual.get(name);
          assertClose(name, found == null ? tensor : found, tensor, tolerance);
        });
  }

  /// Asserts that two tensors have the same type, the same dimensions and close elements.
  public static void assertClose(String name, Tensor actual, Tensor expected, Tolerance tolerance) {
    difference(actual, expected, tolerance)
        .ifPresent(
            difference -> {
              throw new AssertionError("tensor '" + name + "': " + difference);
            });
  }

  /// The first and the largest difference in words; empty when the tensors are close.
  public static Optional<String> difference(Tensor actual, Tensor expected, Tolerance tolerance) {
    if (actual.dataType() != expected.dataType() || !actual.dims().equals(expected.dims())) {
      return Optional.of("expected " + header(expected) + ", found " + header(actual));
    }
    return switch (expected) {
      case StringTensor strings ->
          strings.equals(actual) ? Optional.empty() : Optional.of("strings differ");
      case DenseTensor dense ->
          dense.equals(actual)
              ? Optional.empty()
              : elements((DenseTensor) actual, dense, tolerance);
    };
  }

  private static Optional<String> elements(
      DenseTensor actual, DenseTensor expected, Tolerance tolerance) {
    long mismatched = 0;
    long first = -1;
    double largest = 0;
    for (long i = 0; i < expected.elementCount(); i++) {
      double wanted = element(expected, i);
      double found = element(actual, i);
      boolean close =
          expected.dataType().isFloat() ? tolerance.accepts(found, wanted) : found == wanted;
      if (!close) {
        first = mismatched++ == 0 ? i : first;
        largest = Math.max(largest, Math.abs(found - wanted));
      }
    }
    if (mismatched == 0) {
      return Optional.empty();
    }
    return Optional.of(
        mismatched
            + " of "
            + expected.elementCount()
            + " elements differ by up to "
            + largest
            + "; element "
            + first
            + " is "
            + element(actual, first)
            + ", expected "
            + element(expected, first)
            + " within "
            + tolerance);
  }

  private static double element(DenseTensor tensor, long index) {
    return switch (tensor.dataType()) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> tensor.doubleAt(index);
      case UINT8, INT8, UINT16, INT16, INT32, INT64, UINT32, UINT64, UINT4, INT4, BOOL ->
          tensor.longAt(index);
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1, FLOAT8E8M0 ->
          throw new AssertionError(tensor.dataType() + " tensors are compared bit by bit only");
      case STRING, COMPLEX64, COMPLEX128 ->
          throw new AssertionError(tensor.dataType() + " tensors are compared bit by bit only");
    };
  }

  private static String header(Tensor tensor) {
    return tensor.dataType() + tensor.dims().toString();
  }
}
