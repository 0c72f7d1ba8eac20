package dev.octet.runtime;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.Model;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import java.util.List;
import java.util.Locale;

/// What a model's input or output is called and holds.
///
/// @param name as callers know it
/// @param dataType element type
/// @param shape dimensions; one that differs between runs is a symbol or unknown
public record TensorSpec(String name, DataType dataType, Shape shape) {

  /// What a model's file says about the inputs its caller feeds; those with a default are left out.
  ///
  /// @throws OctetException `BAD_INPUT` when an input's type or rank is not stated
  public static List<TensorSpec> inputsOf(Model model) {
    return model.graph().inputs().stream()
        .filter(input -> input.initializer().isEmpty())
        .map(
            input -> {
              if (input.type().orElse(null) instanceof ValueType.OfTensor(var type, Shape shape)
                  && shape != null) {
                return new TensorSpec(input.name(), type, shape);
              }
              throw OctetException.badInput(
                  "input-not-typed",
                  "input '" + input.name() + "'",
                  "is no tensor of stated type and rank",
                  "state it in the model");
            })
        .toList();
  }

  /// `input: float[batch,1,8000]`.
  @Override
  public String toString() {
    return name + ": " + dataType.name().toLowerCase(Locale.ROOT) + shape;
  }
}
