package dev.octet.rewrite;

import dev.octet.plan.OutputFormat;

/// The names that `onnxruntime.quantization` gives, for files that other tools split names of.
///
/// @param format QDQ, or QOPERATOR: there what is read back in float takes the float value's
///     own name
record PeerNames(OutputFormat format) implements RenderedNames {
  @Override
  public boolean dequantizedTakesName() {
    return format == OutputFormat.QOPERATOR;
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
    return stem + (format == OutputFormat.QOPERATOR ? "_quantized" : "_QuantizeLinear_Output");
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
    return format == OutputFormat.QOPERATOR ? stem : stem + "_DequantizeLinear_Output";
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
