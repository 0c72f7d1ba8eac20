package dev.octet.libtorch.quantize;

import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationScheme;

/// How to quantize on the PyTorch side.
///
/// @param policy types, granularity and calibration, complete; the ONNX side's own vocabulary
/// @param equalization strength of channel equalization before quantizing, from 0 (none) to 1
public record PtqOptions(Policy policy, double equalization) {
  /// Least-error ranges on equalized channels: the best of what was tried on speech.
  public static final PtqOptions STANDARD =
      new PtqOptions(Policy.STANDARD.withCalibration(CalibrationMethod.leastError()), 0.75);

  /// @throws IllegalArgumentException when the strength lies outside its range
  public PtqOptions {
    policy = policy.over(Policy.STANDARD);
    if (!(equalization >= 0 && equalization <= 1)) {
      throw new IllegalArgumentException("equalization is from 0 to 1, not " + equalization);
    }
  }

  /// The defaults of a scheme; layers for nodes and operator types speak of ONNX graphs and do not
  /// apply here.
  public static PtqOptions of(QuantizationScheme scheme) {
    return new PtqOptions(scheme.defaults(), STANDARD.equalization());
  }

  public PtqOptions withCalibration(CalibrationMethod method) {
    return new PtqOptions(policy.withCalibration(method), equalization);
  }

  public PtqOptions withEqualization(double strength) {
    return new PtqOptions(policy, strength);
  }
}
