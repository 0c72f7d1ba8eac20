package dev.octet.plan;

/// How `QuantizeLinear` and `DequantizeLinear` are written.
///
/// @param domain whose operators they are
/// @param constants how the data of weights is stored
public record QdqForm(Domain domain, Constants constants) {
  /// ONNX's own operators, weights as codes.
  public static final QdqForm STANDARD = new QdqForm(Domain.ONNX, Constants.CODES);

  /// Whose operators they are.
  public enum Domain {
    /// ONNX's own.
    ONNX(""),
    /// ONNX Runtime's, which take 16- and 4-bit codes and float16 values in models of any opset.
    MICROSOFT("com.microsoft");

    private final String opDomain;

    Domain(String opDomain) {
      this.opDomain = opDomain;
    }

    /// The name ONNX files use; empty for ONNX's own.
    public String opDomain() {
      return opDomain;
    }
  }

  /// How the data of weights and element-wise constants is stored. Biases are codes either way.
  public enum Constants {
    /// As codes, dequantized when the model is loaded.
    CODES,
    /// In float, quantized and dequantized when the model is loaded: four times the size, for tools
    /// that want to go on training.
    FLOAT_WITH_PAIR
  }
}
