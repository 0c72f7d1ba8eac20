package dev.octet.testkit;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import java.util.List;
import java.util.Map;

/// Seeded random tensors: the same seed always gives the same numbers.
public final class RandomTensors {
  private RandomTensors() {}

  /// A tensor for each graph input that has no default, by name. Symbolic and unknown dimensions
  /// become 2.
  public static Map<String, DenseTensor> inputsOf(Model model, long seed) {
    return inputsOf(model, seed, Map.of());
  }

  /// As [#inputsOf(Model, long)], with sizes for some symbolic dimensions.
  public static Map<String, DenseTensor> inputsOf(
      Model model, long seed, Map<String, Long> symbolSizes) {
    throw new UnsupportedOperationException("under construction");
  }

  /// Floating-point elements are normally distributed; integers are small.
  public static DenseTensor of(DataType dataType, List<Long> dims, long seed) {
    throw new UnsupportedOperationException("under construction");
  }
}
