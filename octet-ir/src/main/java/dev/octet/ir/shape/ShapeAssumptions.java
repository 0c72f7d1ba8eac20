package dev.octet.ir.shape;

/// What shape inference may take for granted although no operator says so. Each assumption made is
/// in the [ShapeReport]; one that leads to a contradiction is given up, and that is there too.
///
/// The counterpart of `auto_merge`, `int_max` and `guess_output_rank` of the peer's symbolic shape
/// inference.
///
/// @param broadcasts what becomes of sizes of different names that are broadcast together
/// @param boundless number from which on a bound of `Slice`, or one side of `Min`, means "no bound"
/// @param withoutRule what operators are taken to compute that no shape rule knows
public record ShapeAssumptions(Broadcasts broadcasts, long boundless, WithoutRule withoutRule) {

  /// Sizes of different names that are broadcast together: equal, or one of them is 1.
  public enum Broadcasts {
    /// The result's size gets a name of its own.
    OPEN,
    /// They are taken for one size. A run in which one of them is 1 then contradicts what is
    /// stated.
    MERGED
  }

  /// Outputs of operators that no rule knows.
  public enum WithoutRule {
    /// Nothing is said about them.
    UNKNOWN,
    /// Taken to have the element type and the rank of the operator's first input, with sizes of
    /// their own.
    LIKE_FIRST_INPUT
  }

  /// What exporters write for "to the end": no size comes near it.
  public static final long BOUNDLESS = Integer.MAX_VALUE;

  /// Nothing that is not so for every input a machine could hold.
  public static final ShapeAssumptions NONE =
      new ShapeAssumptions(Broadcasts.OPEN, BOUNDLESS, WithoutRule.UNKNOWN);

  /// @throws IllegalArgumentException when `boundless` is not positive
  public ShapeAssumptions {
    if (boundless < 1) {
      throw new IllegalArgumentException(boundless + " bounds every size there is");
    }
  }
}
