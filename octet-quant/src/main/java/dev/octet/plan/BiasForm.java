package dev.octet.plan;

/// How biases are stored.
public enum BiasForm {
  /// As INT32 codes whose scale is the product of the activation's and the weight's, which is what
  /// integer kernels add.
  CODES,
  /// As they are.
  FLOAT
}
