package dev.octet.runtime;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Whether tensors are what a model's inputs ask for, told before a native library is asked.
public final class InputCheck {
  private InputCheck() {}

  /// Checks names, data types, ranks and known sizes.
  ///
  /// @param model for messages
  /// @throws OctetException `BAD_INPUT`, naming the input, what it should hold and what it was
  /// given
  public static void check(String model, List<TensorSpec> inputs, Map<String, Tensor> feed) {
    for (TensorSpec input : inputs) {
      Tensor tensor = feed.get(input.name());
      if (tensor == null) {
        throw OctetException.badInput(
            "input-missing",
            model + ", input '" + input.name() + "'",
            "was not given; expected " + input + ", given " + feed.keySet(),
            "");
      }
      if (tensor.dataType() != input.dataType()) {
        throw mismatch("input-data-type", model, input, tensor);
      }
      if (!fits(input.shape(), tensor)) {
        throw mismatch("input-shape", model, input, tensor);
      }
    }
    for (String name : feed.keySet()) {
      if (inputs.stream().noneMatch(input -> input.name().equals(name))) {
        throw OctetException.badInput(
            "input-unknown",
            model,
            "has no input '" + name + "'; its inputs are " + names(inputs),
            "");
      }
    }
  }

  private static boolean fits(Shape shape, Tensor tensor) {
    if (shape.rank() != tensor.dims().size()) {
      return false;
    }
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.dim(axis) instanceof Dim.Known(long size) && size != tensor.dims().get(axis)) {
        return false;
      }
    }
    return true;
  }

  private static OctetException mismatch(
      String code, String model, TensorSpec input, Tensor tensor) {
    return OctetException.badInput(
        code,
        model + ", input '" + input.name() + "'",
        "expected "
            + new TensorSpec(input.name(), input.dataType(), input.shape())
            + ", given "
            + new TensorSpec(input.name(), tensor.dataType(), tensor.shape()),
        AxisOrder.advice(input.shape(), tensor.dims()).orElse(""));
  }

  private static String names(List<TensorSpec> inputs) {
    return inputs.stream().map(TensorSpec::toString).collect(Collectors.joining(", "));
  }
}
