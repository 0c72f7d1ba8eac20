package dev.octet.libtorch.train;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/// Labelled samples decoded once, side by side in native memory.
final class TrainingData {
  private final List<Long> sampleDims;
  private final int elements;
  private final int[] labels;
  private final MemorySegment values;

  private TrainingData(List<Long> sampleDims, int elements, int[] labels, MemorySegment values) {
    this.sampleDims = sampleDims;
    this.elements = elements;
    this.labels = labels;
    this.values = values;
  }

  /// Decodes a source.
  ///
  /// @param input name of the one input that samples must hold
  /// @param arena owner of the memory
  /// @param limit most bytes to take
  /// @throws OctetException (`BAD_INPUT`) when a sample has no label, lacks the input, or has
  ///     another shape than the first; (`USAGE`) when the samples need more than `limit` bytes
  static TrainingData decode(SampleSource source, String input, Arena arena, long limit) {
    try (Stream<Sample> samples = source.samples()) {
      Iterator<Sample> iterator = samples.iterator();
      List<Long> dims = List.of();
      List<Integer> labels = new ArrayList<>();
      MemorySegment values = MemorySegment.NULL;
      long bytes = 0;
      while (iterator.hasNext()) {
        Sample sample = iterator.next();
        Tensor tensor = tensor(sample, input);
        if (labels.isEmpty()) {
          dims = tensor.dims();
          bytes = tensor.byteSize();
          long needed = Math.multiplyExact(bytes, source.size());
          if (needed > limit) {
            throw OctetException.usage(
                "data-too-large",
                sample.name(),
                "the samples take %d MB decoded, more than the limit of %d MB"
                    .formatted(needed >> 20, limit >> 20),
                "train on fewer samples or raise the limit");
          }
          values = arena.allocate(needed, Float.BYTES);
        } else if (!tensor.dims().equals(dims)) {
          throw OctetException.badInput(
              "sample-shape",
              sample.name(),
              "has shape %s, the samples before it %s".formatted(tensor.dims(), dims),
              "");
        }
        MemorySegment.copy(tensor.data(), 0, values, labels.size() * bytes, bytes);
        labels.add(label(sample));
      }
      if (labels.isEmpty()) {
        throw OctetException.badInput("no-samples", input, "there is nothing to train on", "");
      }
      int[] numbers = labels.stream().mapToInt(Integer::intValue).toArray();
      return new TrainingData(dims, Math.toIntExact(bytes / Float.BYTES), numbers, values);
    }
  }

  int size() {
    return labels.length;
  }

  /// Floats in one sample.
  int elements() {
    return elements;
  }

  /// Shape of `count` samples together: the leading dimension of 1 is their number.
  long[] batchDims(int count) {
    long[] dims = sampleDims.stream().mapToLong(Long::longValue).toArray();
    dims[0] = count;
    return dims;
  }

  int label(int index) {
    return labels[index];
  }

  /// Largest label.
  int highestLabel() {
    int highest = 0;
    for (int label : labels) {
      highest = Math.max(highest, label);
    }
    return highest;
  }

  /// The floats of one sample.
  MemorySegment sample(int index) {
    long bytes = (long) elements * Float.BYTES;
    return values.asSlice(index * bytes, bytes);
  }

  private static Tensor tensor(Sample sample, String input) {
    Tensor tensor = sample.inputs().get(input);
    if (tensor == null && sample.inputs().size() == 1) {
      tensor = sample.inputs().values().iterator().next();
    }
    if (tensor == null) {
      throw OctetException.badInput(
          "input-missing", sample.name(), "holds no tensor for the input " + input, "");
    }
    if (tensor.dataType() != DataType.FLOAT
        || tensor.dims().isEmpty()
        || tensor.dims().getFirst() != 1) {
      throw OctetException.badInput(
          "sample-shape",
          sample.name(),
          "training needs float samples with a leading dimension of 1, found "
              + tensor.dataType()
              + tensor.dims(),
          "");
    }
    return tensor;
  }

  private static int label(Sample sample) {
    return sample
        .label()
        .orElseThrow(
            () ->
                OctetException.badInput(
                    "label-missing", sample.name(), "training needs a label", ""));
  }
}
