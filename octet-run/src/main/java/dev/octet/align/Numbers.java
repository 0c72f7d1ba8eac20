package dev.octet.align;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.StringTensor;
import dev.octet.ir.Tensor;

/// Tensor elements as the float32 numbers comparisons are made in.
final class Numbers {
  private Numbers() {}

  /// All elements, in order. Wider types are rounded.
  ///
  /// @param place for messages
  /// @throws OctetException `BAD_INPUT` when the tensor holds no numbers
  static float[] of(Tensor tensor, String place) {
    return switch (tensor) {
      case StringTensor ignored -> throw noNumbers(tensor, place);
      case DenseTensor dense when dense.dataType() == DataType.FLOAT -> dense.toFloatArray();
      case DenseTensor dense -> {
        float[] numbers = new float[Math.toIntExact(dense.elementCount())];
        DataType type = dense.dataType();
        boolean wideFloat =
            type == DataType.DOUBLE || type == DataType.FLOAT16 || type == DataType.BFLOAT16;
        if (!wideFloat && !type.isInteger() && type != DataType.BOOL) {
          throw noNumbers(tensor, place);
        }
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = wideFloat ? (float) dense.doubleAt(i) : (float) dense.longAt(i);
        }
        yield numbers;
      }
    };
  }

  private static OctetException noNumbers(Tensor tensor, String place) {
    return OctetException.badInput(
        "not-comparable", place, "holds " + tensor.dataType() + " elements, not numbers", "");
  }
}
