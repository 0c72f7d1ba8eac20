package dev.octet.rewrite;

/// The names that `onnxruntime.quantization` gives in QOperator models: codes are `x_quantized`,
/// and
/// what is read back in float has the float value's own name.
final class PeerOperatorNames implements RenderedNames {
  @Override
  public boolean dequantizedTakesName() {
    return true;
  }

  @Override
  public boolean sharesParameters() {
    return false;
  }

  @Override
  public boolean writesDefaultZeroPoints() {
    return true;
  }

  @Override
  public String beforeQuantization(String stem) {
    return stem + "_QuantizeLinear_Input";
  }

  @Override
  public String activationCodes(String stem) {
    return stem + "_quantized";
  }

  @Override
  public String constantCodes(String stem) {
    return stem + "_quantized";
  }

  @Override
  public String scale(String stem) {
    return stem + "_scale";
  }

  @Override
  public String zeroPoint(String stem) {
    return stem + "_zero_point";
  }

  @Override
  public String biasScale(String stem) {
    return stem + "_quantized_scale";
  }

  @Override
  public String biasZeroPoint(String stem) {
    return stem + "_quantized_zero_point";
  }

  @Override
  public String dequantized(String stem) {
    return stem;
  }

  @Override
  public String dequantizedBias(String stem) {
    return stem;
  }

  @Override
  public String quantizeNode(String stem) {
    return stem + "_QuantizeLinear";
  }

  @Override
  public String dequantizeNode(String stem) {
    return stem + "_DequantizeLinear";
  }
}
