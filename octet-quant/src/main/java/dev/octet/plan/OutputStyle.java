package dev.octet.plan;

/// How new values and nodes are named, and how much the file spells out.
public enum OutputStyle {
  /// Small files. The dequantized value keeps the float value's name, helpers get short names and
  /// new nodes none; equal scales and zero points are stored once; a zero point that ONNX supplies
  /// by default is left out of biases. An M5 takes 32.5 KB this way and 39.1 KB the other, with
  /// names of a dozen characters; ONNX Runtime makes the same integer graph of both.
  COMPACT,
  /// The names that ONNX Runtime's Python tool gives: `x_scale`, `x_zero_point`,
  /// `x_QuantizeLinear`, `w_quantized`; every zero point is written.
  PEER
}
