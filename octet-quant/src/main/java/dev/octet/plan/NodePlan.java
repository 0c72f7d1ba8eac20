package dev.octet.plan;

import java.util.List;

/// What happens to one node.
///
/// @param node how schemes and messages address it ([QuantizationScheme#label])
/// @param firstOutput name of its first output, which identifies it in the model
/// @param opType its operator
/// @param fate what happens
public record NodePlan(String node, String firstOutput, String opType, Fate fate) {

  /// What happens to a node.
  public sealed interface Fate {
    /// Runs on codes.
    ///
    /// @param reads which of its inputs read which tensor plans
    /// @param folded attributes to remove: their effect is in the constants' codes
    record Quantized(List<Read> reads, List<String> folded) implements Fate {
      public Quantized {
        reads = List.copyOf(reads);
        folded = List.copyOf(folded);
      }
    }

    /// Goes away: quantizing its result to the same range does its work.
    record Absorbed() implements Fate {}

    /// Stays as it is.
    record Kept(String reason) implements Fate {}
  }

  /// Input `input` of the node reads the dequantized form of tensor plan `tensor`.
  ///
  /// @param input index of the node's input
  /// @param tensor [TensorPlan#key()]
  public record Read(int input, String tensor) {}
}
