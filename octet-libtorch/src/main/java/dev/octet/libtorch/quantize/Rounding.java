package dev.octet.libtorch.quantize;

import dev.octet.numeric.QuantParams;
import dev.octet.torch.graph.ExportedProgram;
import java.util.Optional;

/// How values and weights are rounded while a network is trained: where a step size comes from.
sealed interface Rounding permits ObservedSteps, LearnedSteps {
  /// Adds what computes the grid of a group.
  ///
  /// @param calls where calls go
  /// @param group whose first value is rounded
  /// @param still whether the grid must not move: augmentation changes what callers pass
  /// @return the first value, rounded
  String first(Calls calls, QuantizationPoints.Group group, boolean still);

  /// Adds a call that rounds another value of a group, after [#first].
  String again(Calls calls, QuantizationPoints.Group group, String value);

  /// Adds what rounds a constant.
  ///
  /// @param value the constant as it is rounded: a parameter, or what batch normalization makes of
  ///     it
  String constant(Calls calls, QuantizationPoints.Constant constant, String value);

  /// The grid training ended with.
  QuantParams grid(ExportedProgram trained, QuantizationPoints.Group group);

  /// The grid training ended with; empty where it follows from the numbers.
  Optional<QuantParams> grid(ExportedProgram trained, QuantizationPoints.Constant constant);
}
