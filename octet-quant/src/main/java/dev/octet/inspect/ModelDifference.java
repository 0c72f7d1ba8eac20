package dev.octet.inspect;

import dev.octet.numeric.AllClose;
import java.util.List;

/// What differs between the weights and biases of two models.
///
/// @param rtol relative tolerance of the verdicts
/// @param atol absolute tolerance of the verdicts
/// @param layers pairs, in the first model's order
/// @param unmatched constants of layers without a partner, with the reason
public record ModelDifference(
    double rtol, double atol, List<LayerDifference> layers, List<Unmatched> unmatched) {
  public ModelDifference {
    layers = List.copyOf(layers);
    unmatched = List.copyOf(unmatched);
  }

  /// What a constant is to its layer.
  public enum Role {
    WEIGHT,
    BIAS
  }

  /// Which of the two models.
  public enum Side {
    FIRST,
    SECOND
  }

  /// A weight or bias in both models.
  ///
  /// @param first where the first model has it
  /// @param second where the second model has it
  /// @param dims dimensions both were compared in
  /// @param close what `numpy.testing.assert_allclose(first, second, rtol, atol)` would report on
  ///     the dequantized values
  /// @param sqnr signal to noise ratio in decibels, the second as the signal
  public record LayerDifference(
      Role role, Location first, Location second, List<Long> dims, AllClose close, double sqnr) {
    public LayerDifference {
      dims = List.copyOf(dims);
    }
  }

  /// Where a model has a constant.
  ///
  /// @param node the node that uses the constant
  /// @param opType its operator
  /// @param tensor the constant that holds the data (codes or floats)
  /// @param storage how it is stored, such as `int8 in 32 channels, initializer`
  public record Location(String node, String opType, String tensor, String storage) {}

  /// A constant without a partner.
  public record Unmatched(Side side, Role role, Location location, String reason) {}

  /// Whether every constant has a partner within tolerance.
  public boolean pass() {
    return unmatched.isEmpty() && layers.stream().allMatch(layer -> layer.close().pass());
  }

  public List<String> lines() {
    return InspectText.difference(this);
  }

  @Override
  public String toString() {
    return String.join("\n", lines());
  }
}
