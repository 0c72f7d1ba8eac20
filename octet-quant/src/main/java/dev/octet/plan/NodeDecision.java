package dev.octet.plan;

import dev.octet.stats.Range;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What an operator family would do with one node, seen alone. The planner reconciles decisions.
public sealed interface NodeDecision {

  /// The node can run on codes.
  ///
  /// @param standing what has to hold around it for that to pay
  /// @param operands one role for each of the node's inputs, in order
  /// @param results one role for each of the node's outputs, in order
  /// @param folded attributes whose effect moves into the operands (as their `factor`)
  record Quantize(
      Standing standing, List<Operand> operands, List<Result> results, List<String> folded)
      implements NodeDecision {
    public Quantize {
      operands = List.copyOf(operands);
      results = List.copyOf(results);
      folded = List.copyOf(folded);
    }

    static Quantize of(Standing standing, List<Operand> operands, List<Result> results) {
      return new Quantize(standing, operands, results, List.of());
    }
  }

  /// The node only bounds its input's values. It goes away when the zero point and scale of its
  /// result make quantization saturate at the same bounds; otherwise it stays, in float.
  ///
  /// @param low smallest result, possibly −∞
  /// @param high largest result, possibly +∞
  record Absorb(float low, float high) implements NodeDecision {}

  /// The node stays as it is.
  ///
  /// @param reason one clause for the user, without a final full stop
  record Keep(String reason) implements NodeDecision {}

  /// When integer arithmetic pays.
  enum Standing {
    /// By itself: the node is where the time goes.
    ANCHOR,
    /// By itself, and its integer kernel can also give float results. Where nothing wants codes,
    /// that saves a rounding and a range.
    ANCHOR_WITH_FLOAT_RESULT,
    /// When an input comes as codes and the result is wanted as codes.
    CONNECTED,
    /// When an input comes as codes: the node is exact on them and makes less data of more.
    REDUCING,
    /// Never on ONNX Runtime's CPU kernels, which compute it in float from codes: only where every
    /// operator is asked for ([Coverage#EVERY_OPERATOR]).
    ON_REQUEST
  }

  /// What an input is to a quantized node.
  sealed interface Operand {
    /// Computed data: read through codes with the value's own parameters.
    record Activation() implements Operand {}

    /// Constant data multiplied with activations.
    ///
    /// @param channelAxis axis with one scale for each index, when scales are per channel; empty
    ///     when the operator needs one scale for all
    /// @param blockAxis axis along which products are added up and blocks run, when scales are per
    ///     block; empty when the operator needs one scale for all
    /// @param factor what the operator multiplies the product with (Gemm's `alpha`); folded in
    record Weight(OptionalInt channelAxis, OptionalInt blockAxis, float factor)
        implements Operand {}

    /// Constant data added to the products: INT32 codes whose scale is the product of the scales of
    /// an activation and a weight.
    ///
    /// @param activation index of the input with the activation
    /// @param weight index of the input with the weight
    /// @param factor what the operator multiplies the bias with (Gemm's `beta`); folded in
    /// @param attribute the attribute that holds the factor, if one does; it stays where the bias
    ///     stays in float
    /// @param length output channels: rows of one number are spread over them
    record Bias(int activation, int weight, float factor, Optional<String> attribute, int length)
        implements Operand {}

    /// Left alone: shapes, indices, absent inputs.
    record Untouched() implements Operand {}
  }

  /// What an output of a quantized node is.
  sealed interface Result {
    /// Codes in the value's own range, which has to be calibrated.
    record OwnRange() implements Result {}

    /// Codes in a range the operator's definition gives.
    record KnownRange(Range range) implements Result {}

    /// The same codes as an input, moved or selected.
    ///
    /// @param input index of that input
    record SameAs(int input) implements Result {}

    /// Left alone: indices, absent outputs.
    record Untouched() implements Result {}
  }
}
