package dev.octet.torch.export;

import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Which numbers of a tensor share a scale and a zero point.
sealed interface Granularity {

  /// All of them.
  record PerTensor() implements Granularity {}

  /// Those at the same place along an axis; scales are a vector.
  record PerAxis(int axis) implements Granularity {}

  /// Runs of `size` along the last axis, a whole row at most: groups of a weight, or the numbers of
  /// one token. Scales have the tensor's rank, the last dimension counting the runs.
  record PerBlock(int axis, long size) implements Granularity {}

  /// What torchao's block size means for a tensor.
  ///
  /// @param blocks extent of a block along each axis
  /// @param sizes the tensor's own sizes
  /// @throws UnsupportedArgument when blocks lie in a way ONNX has no form for
  static Granularity of(List<Size> blocks, List<SymInt> sizes) {
    List<Integer> single = new ArrayList<>();
    List<Integer> partial = new ArrayList<>();
    for (int axis = 0; axis < sizes.size(); axis++) {
      if (!isWhole(blocks.get(axis), sizes.get(axis))) {
        (blocks.get(axis).equals(Size.of(1)) ? single : partial).add(axis);
      }
    }
    if (single.isEmpty() && partial.isEmpty()) {
      return new PerTensor();
    }
    if (partial.isEmpty()
        && single.size() == 1
        && sizes.get(single.getFirst()) instanceof SymInt.Known) {
      return new PerAxis(single.getFirst());
    }
    int last = sizes.size() - 1;
    boolean rows =
        IntStream.range(0, last)
            .allMatch(axis -> single.contains(axis) || sizes.get(axis).equals(SymInt.of(1)));
    if (rows && !single.contains(last) && blocks.get(last) instanceof Size.Fixed(long size)) {
      return new PerBlock(last, size);
    }
    throw new UnsupportedArgument("blocks of %s in a tensor of %s".formatted(blocks, sizes));
  }

  private static boolean isWhole(Size block, SymInt size) {
    return switch (block) {
      case Size.Fixed(long extent) -> size.equals(SymInt.of(extent));
      // Only the tensor's own size can vary with it.
      case Size.Computed _ -> true;
    };
  }
}
