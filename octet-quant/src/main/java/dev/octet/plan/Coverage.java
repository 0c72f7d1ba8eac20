package dev.octet.plan;

/// How far quantization reaches beyond convolutions and matrix products.
public enum Coverage {
  /// Element-wise, pooling and data-moving operators only where they read codes and their result is
  /// wanted as codes. The most exact and, in ONNX Runtime, the quickest choice.
  CONNECTED,
  /// Every operator with a quantizer, as ONNX Runtime's own Python tool does it.
  EVERY_OPERATOR
}
