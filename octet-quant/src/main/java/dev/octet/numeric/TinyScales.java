package dev.octet.numeric;

/// What becomes of a float16 scale below 2^-14, where the type's precision ends.
public enum TinyScales {
  /// It is rounded up to the next number float16 has, down to 2^-24. Codes keep their meaning.
  KEPT,
  /// It becomes 1, as ONNX Runtime's Python quantizer does it: every value of such a tensor is 0
  /// afterwards.
  FLUSHED
}
