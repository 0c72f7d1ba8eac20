package dev.octet.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DenseTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchesTest {
  /// A run holds what the model computes of its whole batch: large samples make small batches.
  @ParameterizedTest
  @CsvSource({"8000, 32", "8192, 32", "8193, 31", "144160, 1", "262144, 1", "300000, 1", "0, 32"})
  void largeSamplesMakeSmallBatches(int numbers, int expected) {
    try (Stream<Batch> batches = Batches.of(samples(70, numbers), 32)) {
      assertThat(sizes(batches).getFirst()).isEqualTo(expected);
    }
  }

  /// Or a part of the samples would be run in other batches than the whole.
  @Test
  void batchesAfterAMultipleAreTheSameWithoutThoseBefore() {
    int numbers = 50_000; // five a batch
    try (Stream<Batch> whole = Batches.aligned(samples(70, numbers), 32, 0);
        Stream<Batch> part = Batches.aligned(samples(70, numbers).skip(32), 32, 32)) {
      List<Integer> sizes = sizes(whole);
      assertThat(sizes).startsWith(5, 5, 5, 5, 5, 5, 2, 5);
      assertThat(sizes(part)).isEqualTo(sizes.subList(7, sizes.size()));
    }
  }

  private static Stream<Sample> samples(int count, int numbers) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      samples.add(
          Sample.unlabelled(
              "s" + i, Map.of("x", DenseTensor.ofFloats(new float[numbers], 1, numbers))));
    }
    return samples.stream();
  }

  private static List<Integer> sizes(Stream<Batch> batches) {
    return batches.map(batch -> batch.samples().size()).toList();
  }
}
