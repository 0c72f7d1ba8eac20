package dev.octet.align;

import java.util.List;

/// How far two models agree on a set of samples.
///
/// @param reference description of the reference model (`b` of [Tolerance])
/// @param other description of the model measured against it
/// @param tolerance when numbers count as equal
/// @param samples samples run
/// @param outputs one row for each output
/// @param observed one row for each pair of observed values
/// @param top1Agreement share (0 to 1) of rows of the first output whose largest element is at the
///     same place in both, rows being along the last axis
public record Alignment(
    String reference,
    String other,
    Tolerance tolerance,
    long samples,
    List<TensorAlignment> outputs,
    List<TensorAlignment> observed,
    double top1Agreement) {
  public Alignment {
    outputs = List.copyOf(outputs);
    observed = List.copyOf(observed);
  }

  /// Whether every number of every output is within the tolerance.
  public boolean pass() {
    return mismatched() == 0;
  }

  /// Numbers compared, over all outputs.
  public long elements() {
    return outputs.stream().mapToLong(TensorAlignment::elements).sum();
  }

  /// Numbers outside the tolerance, over all outputs.
  public long mismatched() {
    return outputs.stream().mapToLong(TensorAlignment::mismatched).sum();
  }

  /// Largest absolute difference over all outputs.
  public double maxAbs() {
    return outputs.stream().mapToDouble(TensorAlignment::maxAbs).reduce(0, Math::max);
  }

  /// Largest relative difference over all outputs.
  public double maxRel() {
    return outputs.stream().mapToDouble(TensorAlignment::maxRel).reduce(0, Math::max);
  }
}
