package dev.octet.rewrite.dynamic;

/// How an operator wants a weight laid out.
enum WeightForm {
  /// As the float operator has it; scales per channel as a list.
  PLAIN,
  /// Rows and columns exchanged.
  TRANSPOSED,
  /// As the float operator has it; scales shaped so that they multiply the channels of a
  /// convolution's result, and one zero point.
  CONVOLUTION,
  /// Each direction's matrix with rows and columns exchanged, scales by direction.
  RECURRENT
}
