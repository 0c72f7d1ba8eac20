package dev.octet.plan;

import java.util.List;
import java.util.OptionalInt;

/// What an operator family would do with one node whose activations are quantized while the model
/// runs.
sealed interface DynamicDecision {

  /// The node multiplies codes, or takes its constants as codes.
  ///
  /// @param operands one role for each of the node's inputs, in order
  /// @param folded attributes whose effect moves into the operands
  record Quantize(List<Role> operands, List<String> folded) implements DynamicDecision {
    public Quantize {
      operands = List.copyOf(operands);
      folded = List.copyOf(folded);
    }
  }

  /// The node moves or selects elements of its first input and does the same to codes. It pays
  /// where its input comes as codes; a constant does.
  record Move() implements DynamicDecision {}

  /// The node stays as it is.
  ///
  /// @param reason one clause for the user, without a final full stop
  record Keep(String reason) implements DynamicDecision {}

  /// What an input is to a quantized node.
  sealed interface Role {
    /// Computed data, quantized while the model runs.
    record Activation() implements Role {}

    /// Constant data multiplied with activations.
    ///
    /// @param channelAxis axis with one scale for each index, when scales are per channel; empty
    ///     when the operator needs one scale for all
    /// @param factor what the operator multiplies the product with; folded in
    record Weight(OptionalInt channelAxis, float factor) implements Role {}

    /// The weight of a recurrent layer, `[directions, gates, inputs]`: scales per channel are one
    /// for each direction and gate, others one for each direction.
    record RecurrentWeight() implements Role {}

    /// Constant data that is looked up, in UINT8 with one scale.
    record Table() implements Role {}

    /// Left alone.
    record Untouched() implements Role {}
  }
}
