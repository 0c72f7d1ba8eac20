package dev.octet.runtime;

import dev.octet.ir.DataType;
import dev.octet.ir.Shape;
import java.util.Locale;

/// What a model's input or output is called and holds.
///
/// @param name as callers know it
/// @param dataType element type
/// @param shape dimensions; one that differs between runs is a symbol or unknown
public record TensorSpec(String name, DataType dataType, Shape shape) {

  /// `input: float[batch,1,8000]`.
  @Override
  public String toString() {
    return name + ": " + dataType.name().toLowerCase(Locale.ROOT) + shape;
  }
}
