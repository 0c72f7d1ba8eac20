package dev.octet.libtorch.quantize;

import dev.octet.equalize.ChannelFactors;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationScheme;

/// How to quantize on the PyTorch side.
///
/// @param scheme the ONNX side's own vocabulary; nodes, operators and tensors are called as in the
///     program's export
/// @param equalization strength of channel equalization before quantizing, from 0 (none) to 1
public record PtqOptions(QuantizationScheme scheme, double equalization) {
  /// Least-error ranges on equalized channels: the best of what was tried on speech.
  public static final PtqOptions STANDARD =
      new PtqOptions(QuantizationScheme.standard(), ChannelFactors.STRENGTH)
          .withCalibration(CalibrationMethod.leastError());

  /// @throws IllegalArgumentException when the strength lies outside its range
  /// @throws dev.octet.diagnostic.OctetException (`USAGE`) when the scheme asks for what programs
  ///     have no form for
  public PtqOptions {
    ProgramForms.require(scheme.defaults(), scheme.layers());
    if (!(equalization >= 0 && equalization <= 1)) {
      throw new IllegalArgumentException("equalization is from 0 to 1, not " + equalization);
    }
  }

  public PtqOptions withScheme(QuantizationScheme other) {
    return new PtqOptions(other, equalization);
  }

  public PtqOptions withCalibration(CalibrationMethod method) {
    return withScheme(scheme.withDefaults(Policy.builder().calibration(method).build()));
  }

  public PtqOptions withEqualization(double strength) {
    return new PtqOptions(scheme, strength);
  }
}
