package dev.octet.observe;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A node whose operator alone knows when its bodies run.
record UnknownControl(Parts parts) implements ObservedNode {
  @Override
  public Set<String> reads() {
    return Set.of();
  }

  @Override
  public void run(Map<String, Tensor> known, List<Long> rounds, Recorder recorder) {
    throw OctetException.failure(
        "body-not-run",
        parts.node().describe(),
        "runs its bodies in a way of its own: only If, Loop and Scan can be followed",
        "",
        null);
  }
}
