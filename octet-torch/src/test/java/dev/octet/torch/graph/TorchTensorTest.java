package dev.octet.torch.graph;

import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.ir.DenseTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
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

  /// Any order of axes, gaps and repeated elements: as index arithmetic has it.
  @Property(tries = 300, seed = "20261124")
  void everyElementIsWhereItsStridesSay(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 40) Integer> sizes,
      @ForAll @Size(4) List<@IntRange(max = 3) Integer> order,
      @ForAll @IntRange(max = 2) int gap,
      @ForAll @IntRange(max = 7) int offset,
      @ForAll @IntRange(max = 4) int type) {
    TorchDtype dtype =
        List.of(
                TorchDtype.INT8,
                TorchDtype.INT16,
                TorchDtype.INT32,
                TorchDtype.INT64,
                TorchDtype.COMPLEX128)
            .get(type);
    long[] strides = new long[sizes.size()];
    long next = gap == 2 ? 0 : 1 + gap;
    List<Integer> axes =
        IntStream.range(0, sizes.size()).boxed().sorted(comparing(order::get)).toList();
    for (int axis : axes) {
      strides[axis] = next;
      next = Math.max(1, next * sizes.get(axis));
    }
    long count = sizes.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    Assume.that(count <= 50_000);
    byte[] storage = new byte[Math.toIntExact((count * 2 + offset + 40) * dtype.bytes())];
    for (int i = 0; i < storage.length; i++) {
      storage[i] = (byte) (i * 31 + i / 251);
    }
    TorchTensor tensor =
        new TorchTensor(
            dtype,
            sizes.stream().map(Integer::longValue).toList(),
            Arrays.stream(strides).boxed().toList(),
            offset,
            false,
            MemorySegment.ofArray(storage));

    byte[] expected = new byte[Math.toIntExact(count * dtype.bytes())];
    for (int element = 0; element < count; element++) {
      long place = offset;
      int rest = element;
      for (int axis = sizes.size() - 1; axis >= 0; axis--) {
        place += rest % sizes.get(axis) * strides[axis];
        rest /= sizes.get(axis);
      }
      System.arraycopy(
          storage, (int) place * dtype.bytes(), expected, element * dtype.bytes(), dtype.bytes());
    }
    assertThat(tensor.toDense().data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
  }

  @Test
  void fewBytesThatClaimToBeManyAreRefused() {
    assertThatThrownBy(() -> tensor(List.of(1L << 20, 1L << 10), List.of(0L, 0L), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("repeats 24 bytes to 1073741824 elements");
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
