package dev.octet.plan;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import java.util.Arrays;
import java.util.Optional;

/// Constant data as plans mean it: multiplied with the factor its operator would apply.
public final class FoldedConstants {
  private FoldedConstants() {}

  /// The data of a value that never changes: an initializer or the result of a `Constant` node.
  public static Optional<DenseTensor> of(Value value) {
    return ModelFacts.constantOf(value);
  }

  /// Every element of a tensor of floats of any width, rounded to 32 bits.
  public static float[] numbers(DenseTensor tensor) {
    if (tensor.dataType() == DataType.FLOAT) {
      return tensor.toFloatArray();
    }
    float[] values = new float[Math.toIntExact(tensor.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) tensor.doubleAt(i);
    }
    return values;
  }

  /// Every element times `factor`, in 32-bit floats.
  ///
  /// @param tensor FLOAT or FLOAT16 data
  public static float[] scaled(DenseTensor tensor, float factor) {
    float[] values = numbers(tensor);
    if (factor != 1f) {
      for (int i = 0; i < values.length; i++) {
        values[i] *= factor;
      }
    }
    return values;
  }

  /// As [#scaled], rows of one number spread to `length`.
  ///
  /// @return whole rows of `length` numbers
  public static float[] spread(DenseTensor tensor, float factor, int length) {
    float[] values = scaled(tensor, factor);
    boolean single = tensor.dims().isEmpty() || tensor.dims().getLast() == 1;
    if (!single || length == 1) {
      return values;
    }
    float[] spread = new float[Math.multiplyExact(values.length, length)];
    for (int i = 0; i < values.length; i++) {
      Arrays.fill(spread, i * length, (i + 1) * length, values[i]);
    }
    return spread;
  }
}
