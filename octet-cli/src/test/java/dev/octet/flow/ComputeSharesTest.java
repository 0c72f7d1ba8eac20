package dev.octet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComputeSharesTest {
  /// A deep network that keeps dozens of nodes in float is still told in a few lines, and the
  /// shares of the lines sum to what is in float.
  @Test
  void givesEachReasonALine() {
    List<ComputeShares.Kept> kept = new ArrayList<>();
    kept.add(new ComputeShares.Kept("end", "Tanh", "no integer kernel", 0));
    for (int i = 0; i < 40; i++) {
      kept.add(new ComputeShares.Kept("conv" + i, "Conv", "it suffers", i == 3 ? 0.1 : 0.01));
      kept.add(new ComputeShares.Kept("act" + i, "Sigmoid", "it suffers", 0));
    }
    kept.add(new ComputeShares.Kept("last", "Conv", "it suffers", 0));
    kept.add(new ComputeShares.Kept("a", "MatMul", "the scheme says so", 0.02));
    kept.add(new ComputeShares.Kept("b", "Gemm", "the scheme says so", 0.01));

    assertThat(new ComputeShares(100, 48, kept).lines())
        .containsExactly(
            "41 Conv, 40 Sigmoid, 49.00 % of the compute: it suffers",
            "MatMul 'a', Gemm 'b', 3.00 % of the compute: the scheme says so",
            "Tanh 'end': no integer kernel");
  }
}
