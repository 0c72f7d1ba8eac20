package dev.octet.libtorch.quantize;

import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationScheme;
import java.util.OptionalDouble;

/// How to quantize on the PyTorch side.
///
/// @param scheme the ONNX side's own vocabulary; nodes, operators and tensors are called as in the
///     program's export
/// @param equalization strength of channel equalization before quantizing, from 0 (none) to 1;
///     empty for what comes nearer to the float program, none or the usual strength
public record PtqOptions(QuantizationScheme scheme, OptionalDouble equalization) {
  /// Least-error ranges, channels equalized where it helps: the best of what was tried on speech.
  public static final PtqOptions STANDARD =
      new PtqOptions(QuantizationScheme.standard(), OptionalDouble.empty())
          .withCalibration(CalibrationMethod.leastError());

  /// @throws IllegalArgumentException when the strength lies outside its range
  /// @throws dev.octet.diagnostic.OctetException (`USAGE`) when the scheme asks for what programs
  ///     have no form for
  public PtqOptions {
    ProgramForms.require(scheme.defaults(), scheme.layers());
    double strength = equalization.orElse(0);
    if (!(strength >= 0 && strength <= 1)) {
      throw new IllegalArgumentException("equalization is from 0 to 1, not " + strength);
    }
  }

  public PtqOptions withScheme(QuantizationScheme other) {
    return new PtqOptions(other, equalization);
  }

  public PtqOptions withCalibration(CalibrationMethod method) {
    return withScheme(scheme.withDefaults(Policy.builder().calibration(method).build()));
  }

  public PtqOptions withEqualization(double strength) {
    return new PtqOptions(scheme, OptionalDouble.of(strength));
  }
}
