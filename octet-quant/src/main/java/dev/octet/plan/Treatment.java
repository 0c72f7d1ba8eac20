package dev.octet.plan;

/// Whether a node takes part in quantization at all.
public enum Treatment {
  /// Where its operator family can.
  QUANTIZE,
  /// Never; the node stays as it is.
  FLOAT
}
