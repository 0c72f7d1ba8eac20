package dev.octet.torch.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.ir.DenseTensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class TorchTensorTest {
  private static final MemorySegment SIX =
      DenseTensor.ofFloats(new float[] {0, 1, 2, 3, 4, 5}, 6).data();

  @Test
  void transposedTensorIsGathered() {
    TorchTensor tensor = tensor(List.of(3L, 2L), List.of(1L, 3L), 0);
    assertThat(tensor.isContiguous()).isFalse();
    assertThat(tensor.toDense().toFloatArray()).containsExactly(0, 3, 1, 4, 2, 5);
  }

  @Test
  void windowIsAViewOfItsStorage() {
    TorchTensor tensor = tensor(List.of(2L, 2L), List.of(2L, 1L), 2);
    assertThat(tensor.isContiguous()).isTrue();
    assertThat(tensor.toDense().toFloatArray()).containsExactly(2, 3, 4, 5);
    assertThat(tensor.toDense().data().address()).isEqualTo(SIX.address() + 8);
  }

  @Test
  void expandedTensorRepeatsItsElements() {
    TorchTensor tensor = tensor(List.of(2L, 3L), List.of(0L, 1L), 1);
    assertThat(tensor.toDense().toFloatArray()).containsExactly(1, 2, 3, 1, 2, 3);
  }

  @Test
  void tensorOutsideItsStorageIsRefused() {
    assertThatThrownBy(() -> tensor(List.of(3L, 2L), List.of(2L, 1L), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs 28 bytes, the storage has 24");
    assertThatThrownBy(() -> tensor(List.of(Long.MAX_VALUE, 4L), List.of(1L, 1L), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void emptyTensorNeedsNoStorage() {
    assertThat(tensor(List.of(0L, 9L), List.of(9L, 1L), 0).toDense().elementCount()).isZero();
  }

  private static TorchTensor tensor(List<Long> sizes, List<Long> strides, long offset) {
    return new TorchTensor(TorchDtype.FLOAT32, sizes, strides, offset, false, SIX);
  }
}
