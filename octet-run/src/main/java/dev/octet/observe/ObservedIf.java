package dev.octet.observe;

import dev.octet.ir.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs the branch that is taken.
record ObservedIf(Parts parts) implements ObservedNode {
  @Override
  public void run(Map<String, Tensor> known, List<Long> rounds, Recorder recorder) {
    boolean condition = ObservedNode.number(parts.input(0, known)) != 0;
    ObservedGraph branch = parts.bodies().get(condition ? "then_branch" : "else_branch");
    if (branch != null) {
      List<Long> inside = new ArrayList<>(rounds);
      inside.add(0L);
      branch.run(parts.around(branch, known), inside, recorder);
    }
  }
}
