package dev.octet.numeric;

/// How many of a type's codes a scale is chosen for.
public enum CodeSpan {
  FULL,
  /// One bit less, so that sums of products of two codes cannot saturate 16 bits on processors
  /// without dot-product instructions (ONNX Runtime: `reduce_range`).
  REDUCED
}
