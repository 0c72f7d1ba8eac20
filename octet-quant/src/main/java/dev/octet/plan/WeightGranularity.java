package dev.octet.plan;

/// How many scales a weight gets.
public enum WeightGranularity {
  PER_TENSOR,
  /// One scale for each output channel, on the axis its operator defines.
  PER_CHANNEL
}
