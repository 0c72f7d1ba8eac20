package dev.octet.torch.export;

import dev.octet.ir.Value;

/// A size or other integer scalar of the program during translation.
sealed interface Size {

  /// A number.
  record Fixed(long value) implements Size {}

  /// A number known when the model runs.
  ///
  /// @param vector INT64 tensor of one element and one dimension
  /// @param expression what the program recorded about it, empty when nothing; equal expressions
  ///     are equal sizes
  record Computed(Value vector, String expression) implements Size {}

  static Size of(long value) {
    return new Fixed(value);
  }
}
