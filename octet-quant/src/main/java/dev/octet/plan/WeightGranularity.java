package dev.octet.plan;

/// How many scales a weight gets.
public sealed interface WeightGranularity {
  WeightGranularity PER_TENSOR = new PerTensor();
  WeightGranularity PER_CHANNEL = new PerChannel();

  /// One scale.
  record PerTensor() implements WeightGranularity {
    @Override
    public String toString() {
      return "per tensor";
    }
  }

  /// One scale for each output channel, on the axis its operator defines.
  record PerChannel() implements WeightGranularity {
    @Override
    public String toString() {
      return "per channel";
    }
  }

  /// One scale for each run of `size` numbers that are multiplied and added up for one output
  /// channel: along the axis its operator sums over. Needs ONNX opset 21.
  ///
  /// @param size numbers that share a scale, at least 1; the last run may be shorter
  record PerBlock(int size) implements WeightGranularity {
    @Override
    public String toString() {
      return "blocks of " + size;
    }
  }

  static WeightGranularity perBlock(int size) {
    return new PerBlock(size);
  }
}
