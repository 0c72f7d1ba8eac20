package dev.octet.ir.shape;

import java.util.List;

/// Knows what one family of operators computes, as far as types and shapes go. Stateless.
interface ShapeRule {

  /// Operators of the family: the bare name in the default domain, else `domain:name`.
  List<String> operators();

  /// What the node's outputs hold, given its inputs.
  ///
  /// @throws ImpossibleShape when no valid input fits what the model says
  ShapeOutcome infer(ShapeContext context);
}
