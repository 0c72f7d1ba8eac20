package dev.octet.plan;

/// How new values and nodes are named, and how much the file spells out.
public enum OutputStyle {
  /// Small files. The dequantized value keeps the float value's name, helpers get short names and
  /// new nodes none; equal scales and zero points are stored once; a zero point that ONNX supplies
  /// by default is left out.
  COMPACT,
  /// The names that ONNX Runtime's Python tool gives: `x_scale`, `x_zero_point`,
  /// `x_QuantizeLinear`, `w_quantized`; every zero point is written.
  PEER
}
