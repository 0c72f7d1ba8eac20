package dev.octet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComputeSharesTest {
  /// A deep network that keeps dozens of nodes in float is still told in a few lines, and the
  /// shares of the lines sum to what is in float.
  @Test
  void listsTheHeaviestAndCountsTheOthers() {
    List<ComputeShares.Kept> kept = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      kept.add(new ComputeShares.Kept("conv" + i, "Conv", "it suffers", i == 3 ? 0.1 : 0.01));
      kept.add(new ComputeShares.Kept("act" + i, "Sigmoid", "it suffers", 0));
    }
    kept.add(new ComputeShares.Kept("end", "Tanh", "no integer kernel for Tanh", 0));

    List<String> lines = new ComputeShares(100, 51, kept).lines();

    assertThat(lines)
        .contains(
            "Conv 'conv3': it suffers, 10.00 % of the compute",
            "34 × Conv: it suffers, 34.00 % of the compute ('conv6' … 'conv39')",
            "40 × Sigmoid: it suffers ('act0' … 'act39')",
            "Tanh 'end': no integer kernel for Tanh")
        .hasSize(9);
  }
}
