package dev.octet.torch.export;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// Maxima over windows of unequal size, with the places within an image where they are: every
/// window
/// is gathered from the flattened image.
final class AdaptiveMaxima {
  private AdaptiveMaxima() {}

  /// Maximum and place of whole images.
  ///
  /// @param input `[N, C, sizes…]`
  static List<Value> ofAll(OnnxNodes onnx, Value input, int dims) {
    Value flat = onnx.add("Reshape", input, onnx.vector(0, 0, -1));
    Value place = onnx.add(NodeSpec.of("ArgMax").inputs(flat).attribute("axis", -1));
    Value others = onnx.vector(LongStream.rangeClosed(3, dims + 1L).toArray());
    return List.of(
        onnx.add("GlobalMaxPool", input), dims == 1 ? place : onnx.add("Unsqueeze", place, others));
  }

  /// Maxima and places.
  ///
  /// @param from sizes of the image
  /// @param to how many windows there are along each axis
  static List<Value> of(OnnxNodes onnx, Value input, long[] from, long[] to) {
    List<long[]> windows = windows(from, to);
    int longest = windows.stream().mapToInt(window -> window.length).max().orElse(1);
    long[] places = new long[windows.size() * longest];
    long[] starts = new long[windows.size()];
    for (int i = 0; i < windows.size(); i++) {
      long[] window = windows.get(i);
      starts[i] = (long) i * longest;
      // Filled up with its last element, which is then found where it first stands.
      for (int k = 0; k < longest; k++) {
        places[i * longest + k] = window[Math.min(k, window.length - 1)];
      }
    }
    List<Long> shape = new ArrayList<>(List.of(0L, 0L));
    LongStream.of(to).forEach(shape::add);
    Value flat = onnx.add("Reshape", input, onnx.vector(0, 0, -1));
    Value all = onnx.constant("windows", DenseTensor.ofLongs(places, windows.size(), longest));
    Value gathered = onnx.add(NodeSpec.of("Gather").inputs(flat, all).attribute("axis", 2));
    Value most =
        onnx.add(
            NodeSpec.of("ReduceMax").inputs(gathered, onnx.vector(-1)).attribute("keepdims", 0));
    Value within =
        onnx.add(
            NodeSpec.of("ArgMax").inputs(gathered).attribute("axis", -1).attribute("keepdims", 0));
    Value place =
        onnx.add(
            "Gather",
            onnx.constant("places", DenseTensor.ofLongs(places, places.length)),
            onnx.add("Add", within, onnx.vector(starts)));
    return List.of(
        onnx.add("Reshape", most, onnx.vector(shape)),
        onnx.add("Reshape", place, onnx.vector(shape)));
  }

  /// The places of every window in the flattened image, row by row.
  private static List<long[]> windows(long[] from, long[] to) {
    List<long[]> windows = List.of(new long[] {0});
    for (int axis = 0; axis < from.length; axis++) {
      List<long[]> finer = new ArrayList<>();
      for (long[] coarse : windows) {
        for (int window = 0; window < to[axis]; window++) {
          int start = AdaptivePoolTranslator.start(window, (int) from[axis], (int) to[axis]);
          int end = AdaptivePoolTranslator.end(window, (int) from[axis], (int) to[axis]);
          long size = from[axis];
          finer.add(
              LongStream.of(coarse)
                  .flatMap(place -> LongStream.range(start, end).map(k -> place * size + k))
                  .toArray());
        }
      }
      windows = finer;
    }
    return windows;
  }
}
