package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Fourier transforms along one axis of any length, also one that only the input decides → `DFT`.
/// Complex tensors are pairs of real numbers in one more axis.
///
/// Lengths that are no powers of two ONNX Runtime transforms by Bluestein's algorithm, which in
/// single precision keeps three digits or four: these, and lengths that vary, are transformed in
/// double precision.
///
/// @param onnx writes the nodes
/// @param type of the real numbers, alone or in pairs
/// @param power of the length that results are multiplied by
record LongWaves(OnnxNodes onnx, DataType type, double power) {
  /// From this one on the axis is an input.
  private static final int AXIS_OPSET = 20;

  /// Real numbers to coefficients.
  ///
  /// @param oneSided whether those that are only conjugates of others are left out
  Value ofReal(Value x, int axis, Size length, boolean oneSided) {
    Value single = onnx.add("Unsqueeze", x, onnx.vector(-1));
    return scaled(dft(single, axis, length, null, oneSided, false), length, power);
  }

  /// Complex numbers to coefficients, or back.
  Value ofComplex(Value z, int axis, Size length, boolean forward) {
    return scaled(dft(z, axis, length, null, false, !forward), length, forward ? power : power + 1);
  }

  /// Coefficients to the real numbers they are of, by [Waves#toReal]'s rule: half of them is
  /// enough, when all but the first and, for an even length, the last count twice.
  ///
  /// @param rank of the tensor, without the pairs' axis
  /// @param length number of results
  /// @param conjugate whether the coefficients' conjugates are meant
  Value toReal(Value z, int rank, int axis, Size length, boolean conjugate) {
    Value n = onnx.scalar(length);
    Value half = onnx.scalar(onnx.dimension(z, axis, ""));
    Value zero = onnx.scalar(DataType.INT64, 0);
    Value places = onnx.add("Range", zero, half, onnx.scalar(DataType.INT64, 1));
    Value once =
        onnx.add(
            "Or",
            onnx.add("Equal", places, zero),
            onnx.add("Equal", onnx.add("Add", places, places), n));
    Value weights = onnx.add("Where", once, onnx.scalar(type, 1), onnx.scalar(type, 2));
    // Beside the axis stand those behind it and the pairs'.
    long behind = rank - axis;
    List<Long> shape = new ArrayList<>(List.of(-1L));
    shape.addAll(Collections.nCopies((int) behind, 1L));
    Value weighed = onnx.add("Mul", z, onnx.add("Reshape", weights, onnx.vector(shape)));
    Value meant = conjugate ? ComplexTranslator.conjugate(onnx, weighed) : weighed;
    Value complex = dft(meant, axis, length, n, false, true);
    return scaled(ComplexTranslator.part(onnx, complex, 0), length, power + 1);
  }

  /// @param padded the length where it is not the axis' own
  private Value dft(
      Value x, int axis, Size length, @Nullable Value padded, boolean oneSided, boolean inverse) {
    boolean exact = length instanceof Size.Fixed(long n) && Long.bitCount(n) == 1;
    Value precise = exact || type == DataType.DOUBLE ? x : onnx.castTo(x, DataType.DOUBLE);
    NodeSpec spec =
        NodeSpec.of("DFT")
            .attribute("onesided", oneSided ? 1 : 0)
            .attribute("inverse", inverse ? 1 : 0);
    Value transformed;
    if (onnx.opset() >= AXIS_OPSET) {
      transformed = onnx.add(spec.inputs(precise, padded, onnx.scalar(DataType.INT64, axis)));
    } else {
      NodeSpec along = spec.attribute("axis", axis);
      transformed =
          onnx.add(padded == null ? along.inputs(precise) : along.inputs(precise, padded));
    }
    return precise == x ? transformed : onnx.castTo(transformed, type);
  }

  private Value scaled(Value value, Size length, double exponent) {
    if (exponent == 0) {
      return value;
    }
    if (length instanceof Size.Fixed(long n)) {
      return onnx.add("Mul", value, onnx.scalar(type, Math.pow(n, exponent)));
    }
    Value n = onnx.castTo(onnx.scalar(length), type);
    return onnx.add("Mul", value, onnx.add("Pow", n, onnx.scalar(type, exponent)));
  }
}
