package dev.octet.torch.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.torch.graph.AtenOp;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A refusal names what would work instead.
class RefusalTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "linalg_svd | singular values | register the result as a buffer",
        "linalg_pinv | singular values | torch.linalg.solve(A.mT @ A, A.mT)",
        "lu_solve | pivots | torch.linalg.solve",
        "_ctc_loss | this loss | takes no targets",
        "embedding_renorm | changes the embedding | torch.renorm",
        "segment_reduce | no translation | index_add",
        "linalg_lstsq_backward | this gradient | torch.no_grad()",
        "unheard_of | no translation for this operator | run_decompositions()"
      })
  void namesWhatWorks(String operator, String reason, String hint) {
    Refusal refusal = Refusal.of(AtenOp.aten(operator, "default"), false);
    assertThat(refusal.reason()).contains(reason);
    assertThat(refusal.hint()).contains(hint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "inverse | complex numbers",
        "linalg_eig | eigenvalues",
      })
  void complexNumbersAreTheReasonUnlessThereIsABetterOne(String operator, String reason) {
    assertThat(Refusal.of(AtenOp.aten(operator, "default"), true).reason()).contains(reason);
  }
}
