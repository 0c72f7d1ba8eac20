package dev.octet.observe;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Runs the body of a `Scan` on one slice after the other, handing on what is carried.
record ObservedScan(Parts parts) implements ObservedNode {
  private static final int FIRST_WITHOUT_BATCH = 9;

  @Override
  public void run(Map<String, Tensor> known, List<Long> rounds, Recorder recorder) {
    if (parts.node().graph().model().opset().orElse(FIRST_WITHOUT_BATCH) < FIRST_WITHOUT_BATCH) {
      throw OctetException.failure(
          "body-not-run", parts.node().describe(), "is the batched Scan of opset 8", "", null);
    }
    ObservedGraph body = parts.body();
    int scanned = (int) parts.node().intAttribute("num_scan_inputs", 0);
    int states = parts.node().inputs().size() - scanned;
    List<Tensor> carried = new ArrayList<>();
    for (int i = 0; i < states; i++) {
      carried.add(parts.input(i, known));
    }
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < scanned; i++) {
      sequences.add(sequence(i, (DenseTensor) parts.input(states + i, known)));
    }
    Map<String, Tensor> around = parts.around(body, known);
    long length = sequences.getFirst().length();
    for (long round = 0; round < length; round++) {
      Map<String, Tensor> feeds = new HashMap<>(around);
      for (int i = 0; i < states; i++) {
        feeds.put(body.inputs().get(i), carried.get(i));
      }
      for (int i = 0; i < scanned; i++) {
        feeds.put(body.inputs().get(states + i), sequences.get(i).at(round));
      }
      List<Long> inside = new ArrayList<>(rounds);
      inside.add(round);
      Map<String, Tensor> after = body.run(feeds, inside, recorder);
      for (int i = 0; i < states; i++) {
        carried.set(i, Objects.requireNonNull(after.get(body.results().get(i))));
      }
    }
  }

  private Sequence sequence(int index, DenseTensor tensor) {
    long axis = each("scan_input_axes", index);
    return new Sequence(
        tensor,
        (int) (axis < 0 ? axis + tensor.dims().size() : axis),
        each("scan_input_directions", index) != 0);
  }

  private long each(String attribute, int index) {
    return parts
        .node()
        .intsAttribute(attribute)
        .filter(values -> index < values.length)
        .map(values -> values[index])
        .orElse(0L);
  }

  /// A tensor read slice by slice.
  ///
  /// @param backward whether the last slice comes first
  private record Sequence(DenseTensor tensor, int axis, boolean backward) {
    long length() {
      return tensor.dims().get(axis);
    }

    Tensor at(long round) {
      long index = backward ? length() - 1 - round : round;
      List<Long> dims = new ArrayList<>(tensor.dims());
      dims.remove(axis);
      long outer = tensor.dims().subList(0, axis).stream().reduce(1L, (a, b) -> a * b);
      long bytes = tensor.byteSize() / Math.max(1, outer * length());
      byte[] slice = new byte[Math.toIntExact(outer * bytes)];
      MemorySegment target = MemorySegment.ofArray(slice);
      for (long i = 0; i < outer; i++) {
        MemorySegment.copy(tensor.data(), (i * length() + index) * bytes, target, i * bytes, bytes);
      }
      return new DenseTensor(tensor.dataType(), dims, target);
    }
  }
}
