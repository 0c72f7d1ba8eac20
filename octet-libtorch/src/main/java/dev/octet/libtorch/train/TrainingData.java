package dev.octet.libtorch.train;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.Tensor;
import dev.octet.libtorch.exec.Tensors;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Samples decoded once, side by side in native memory: a column for each of a program's inputs.
final class TrainingData {
  private static final int NO_LABEL = -1;

  private final List<Column> columns;
  private final int[] labels;
  private final boolean stacks;

  private TrainingData(List<Column> columns, int[] labels, boolean stacks) {
    this.columns = columns;
    this.labels = labels;
    this.stacks = stacks;
  }

  /// What all samples hold for one input.
  ///
  /// @param dims of one sample
  /// @param bytes of one sample
  record Column(String input, DataType type, List<Long> dims, long bytes, MemorySegment values) {
    boolean isFloat() {
      return type == DataType.FLOAT;
    }

    /// A tensor for `count` samples together, not yet filled.
    org.bytedeco.pytorch.Tensor batch(int count) {
      long[] sizes = dims.stream().mapToLong(Long::longValue).toArray();
      if (count != 1) {
        sizes[0] = count;
      }
      return Tensors.empty(type, sizes);
    }

    MemorySegment sample(int index) {
      return values.asSlice(index * bytes, bytes);
    }
  }

  /// Decodes a source.
  ///
  /// @param program whose inputs samples must hold
  /// @param labelled whether samples must have labels
  /// @param arena owner of the memory
  /// @param limit most bytes to take
  /// @throws OctetException (`BAD_INPUT`) when a sample lacks its label or an input, or has another
  ///     shape than the first; (`USAGE`) when the samples need more than `limit` bytes
  static TrainingData decode(
      SampleSource source, ExportedProgram program, boolean labelled, Arena arena, long limit) {
    Map<String, TensorMeta> inputs = inputs(program);
    List<Column> columns = List.of();
    List<Integer> labels = new ArrayList<>();
    try (Stream<Sample> samples = source.samples()) {
      Iterator<Sample> iterator = samples.iterator();
      while (iterator.hasNext()) {
        Sample sample = iterator.next();
        if (labels.isEmpty()) {
          columns = columns(inputs, sample, source.size(), arena, limit);
        }
        for (Column column : columns) {
          Tensor tensor = tensor(sample, column.input());
          if (!tensor.dims().equals(column.dims()) || tensor.dataType() != column.type()) {
            throw OctetException.badInput(
                "sample-shape",
                sample.name(),
                "has %s%s for %s, the samples before it %s%s"
                    .formatted(
                        tensor.dataType(),
                        tensor.dims(),
                        column.input(),
                        column.type(),
                        column.dims()),
                "");
          }
          MemorySegment.copy(
              tensor.data(), 0, column.values(), labels.size() * column.bytes(), column.bytes());
        }
        labels.add(labelled ? label(sample) : NO_LABEL);
      }
    }
    if (labels.isEmpty()) {
      throw OctetException.badInput(
          "no-samples", String.join(", ", inputs.keySet()), "there is nothing to train on", "");
    }
    Set<String> varies = new LinkedHashSet<>();
    inputs.forEach(
        (input, meta) -> {
          if (meta.rank() > 0 && meta.sizes().getFirst() instanceof SymInt.Expression) {
            varies.add(input);
          }
        });
    boolean stacks =
        columns.stream()
            .allMatch(
                column ->
                    !column.dims().isEmpty()
                        && column.dims().getFirst() == 1
                        && varies.contains(column.input()));
    return new TrainingData(columns, labels.stream().mapToInt(Integer::intValue).toArray(), stacks);
  }

  int size() {
    return labels.length;
  }

  List<Column> columns() {
    return columns;
  }

  /// How many samples a run of the program takes: as many as wished where its leading dimension
  /// varies and a sample has one row, else one.
  int rows(int wished) {
    return stacks ? wished : 1;
  }

  int label(int index) {
    return labels[index];
  }

  /// Largest label; −1 where there are none.
  int highestLabel() {
    return IntStream.of(labels).max().orElse(NO_LABEL);
  }

  private static Map<String, TensorMeta> inputs(ExportedProgram program) {
    Map<String, TensorMeta> inputs = new LinkedHashMap<>();
    for (InputSpec.UserInput input : program.userInputs()) {
      TensorMeta meta = program.graph().tensorValues().get(input.value());
      if (meta != null) {
        inputs.put(input.value(), meta);
      }
    }
    return inputs;
  }

  private static List<Column> columns(
      Map<String, TensorMeta> inputs, Sample first, long count, Arena arena, long limit) {
    List<Column> columns = new ArrayList<>();
    long left = limit;
    for (String input : inputs.keySet()) {
      Tensor tensor = tensor(first, input);
      long needed = Math.multiplyExact(tensor.byteSize(), count);
      left -= needed;
      if (left < 0) {
        throw OctetException.usage(
            "data-too-large",
            first.name(),
            "the samples take more than the limit of %d MB decoded".formatted(limit >> 20),
            "train on fewer samples or raise the limit");
      }
      columns.add(
          new Column(
              input,
              tensor.dataType(),
              tensor.dims(),
              tensor.byteSize(),
              arena.allocate(Math.max(needed, 1), Double.BYTES)));
    }
    return columns;
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
    return tensor;
  }

  private static int label(Sample sample) {
    return sample
        .label()
        .orElseThrow(
            () ->
                OctetException.badInput(
                    "label-missing",
                    sample.name(),
                    "has no label, and this loss is computed with labels",
                    "without labels, let the float network teach: --loss mse or --loss kl"));
  }
}
