package dev.octet.plan;

/// The form in which a plan's integer arithmetic is written down.
public enum OutputFormat {
  /// Float operators between `DequantizeLinear` and `QuantizeLinear`, which a runtime fuses to its
  /// own integer kernels. Every operator can be written so, and every type.
  QDQ,
  /// Integer operators themselves: `QLinearConv`, `QGemm`, `QLinearAdd` … An operator that has no
  /// such form stays in float between conversions. 8-bit codes only.
  QOPERATOR,
  /// Integer products whose activations are quantized while the model runs, each tensor to its own
  /// range of the moment: `MatMulInteger`, `ConvInteger`, `DynamicQuantizeLSTM` … Needs no
  /// calibration; only weights are stored as codes.
  DYNAMIC;

  /// Whether a plan needs ranges of activations before it can be made.
  public boolean needsCalibration() {
    return this != DYNAMIC;
  }
}
