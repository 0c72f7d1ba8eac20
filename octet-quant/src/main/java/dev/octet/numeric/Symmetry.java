package dev.octet.numeric;

/// Where the zero point may lie.
public enum Symmetry {
  /// Anywhere: the grid covers the range as tightly as it can.
  ASYMMETRIC,
  /// In the middle of the codes; the range is widened to be as long on both sides of 0.
  SYMMETRIC,
  /// At the lowest code for ranges without negative values, else in the middle; the scale covers
  /// the longer side. Kernels that want one of two zero points get them at the price of some
  /// resolution (ONNX Runtime: `ActivationRestrictedAsymmetric`, unsigned 8-bit).
  RESTRICTED
}
