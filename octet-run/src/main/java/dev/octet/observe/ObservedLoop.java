package dev.octet.observe;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Runs the body of a `Loop` as long as the count and the condition allow, handing on what is
/// carried.
record ObservedLoop(Parts parts) implements ObservedNode {
  @Override
  public void run(Map<String, Tensor> known, List<Long> rounds, Recorder recorder) {
    ObservedGraph body = parts.body();
    long most = parts.has(0) ? ObservedNode.number(parts.input(0, known)) : Long.MAX_VALUE;
    boolean goOn = !parts.has(1) || ObservedNode.number(parts.input(1, known)) != 0;
    List<Tensor> carried = new ArrayList<>();
    for (int i = 2; i < parts.node().inputs().size(); i++) {
      carried.add(parts.input(i, known));
    }
    Map<String, Tensor> around = parts.around(body, known);
    for (long round = 0; goOn && round < most; round++) {
      Map<String, Tensor> feeds = new HashMap<>(around);
      feeds.put(body.inputs().get(0), one(body, 0, DenseTensor.scalar(round)));
      feeds.put(
          body.inputs().get(1), one(body, 1, DenseTensor.ofBytes(DataType.BOOL, new byte[] {1})));
      for (int i = 0; i < carried.size(); i++) {
        feeds.put(body.inputs().get(i + 2), carried.get(i));
      }
      List<Long> inside = new ArrayList<>(rounds);
      inside.add(round);
      Map<String, Tensor> after = body.run(feeds, inside, recorder);
      goOn = ObservedNode.number(result(body, 0, after)) != 0;
      for (int i = 0; i < carried.size(); i++) {
        carried.set(i, result(body, i + 1, after));
      }
    }
  }

  private static Tensor result(ObservedGraph body, int index, Map<String, Tensor> after) {
    return Objects.requireNonNull(after.get(body.results().get(index)));
  }

  /// One number, in the rank the body states: some write `[1]` where a scalar is meant.
  private static DenseTensor one(ObservedGraph body, int input, DenseTensor scalar) {
    return new DenseTensor(
        scalar.dataType(), Collections.nCopies(body.rank(input), 1L), scalar.data());
  }
}
