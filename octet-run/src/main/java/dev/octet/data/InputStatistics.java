package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Tensor;
import dev.octet.runtime.InputCheck;
import dev.octet.runtime.TensorSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the first samples hold, input by input, for people to compare with what the model was
/// trained on.
///
/// @param samples how many were looked at
/// @param inputs one each, in the model's order
/// @param notes what their source took for granted, a sentence each
public record InputStatistics(long samples, List<OfInput> inputs, List<String> notes) {
  private static final int LARGEST_CHANNEL_COUNT = 4;
  private static final int IMAGE_RANK = 4;

  /// Numbers of an input that say enough about it.
  private static final long ENOUGH = 1 << 22;

  public InputStatistics {
    inputs = List.copyOf(inputs);
    notes = List.copyOf(notes);
  }

  /// Of one input.
  ///
  /// @param name of the input
  /// @param shapes the samples' shapes, each once
  /// @param min smallest number
  /// @param max largest number
  /// @param mean of all numbers
  /// @param std population standard deviation
  /// @param notes what looks wrong though it could be right, a sentence each
  public record OfInput(
      String name,
      List<List<Long>> shapes,
      double min,
      double max,
      double mean,
      double std,
      List<String> notes) {}

  /// Looks at the first samples, at fewer of large ones.
  ///
  /// @param model for messages
  /// @param inputs what the model takes
  /// @param limit how many samples to look at, at most
  /// @throws OctetException `BAD_INPUT` when a sample does not fit the model; where its axes are in
  ///     another order, saying which
  public static InputStatistics of(
      String model, List<TensorSpec> inputs, SampleSource source, long limit) {
    Map<String, Tally> tallies = new LinkedHashMap<>();
    inputs.forEach(input -> tallies.put(input.name(), new Tally()));
    long[] count = {0};
    try (Stream<Sample> samples = source.samples()) {
      samples
          .limit(limit)
          .takeWhile(_ -> tallies.values().stream().allMatch(tally -> tally.count < ENOUGH))
          .forEach(
              sample -> {
                InputCheck.check(
                    model + ", sample " + count[0] + ", " + sample.name(), inputs, sample.inputs());
                count[0]++;
                tallies.forEach((name, tally) -> tally.add(sample.input(name)));
              });
    }
    List<OfInput> found = new ArrayList<>();
    for (TensorSpec input : inputs) {
      Tally tally = tallies.get(input.name());
      if (tally != null) {
        found.add(tally.of(input));
      }
    }
    return new InputStatistics(count[0], found, source.notes());
  }

  /// Two lines an input: its statistics, and what looks wrong; then what was taken for granted.
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (OfInput input : inputs) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s %s: %.4g … %.4g, mean %.4g, deviation %.4g",
              input.name,
              input.shapes.stream()
                  .map(dims -> dims.stream().map(String::valueOf).collect(Collectors.joining(",")))
                  .map(dims -> "[" + dims + "]")
                  .collect(Collectors.joining(" or ")),
              input.min,
              input.max,
              input.mean,
              input.std));
      input.notes.forEach(note -> lines.add("  note: " + note));
    }
    notes.forEach(note -> lines.add("note: " + note));
    return lines;
  }

  private static final class Tally {
    private static final int MAX_SHAPES = 4;

    private final Set<List<Long>> shapes = new LinkedHashSet<>();
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double sum;
    private double squares;
    private long count;
    private boolean whole = true;

    void add(Tensor tensor) {
      if (shapes.size() < MAX_SHAPES) {
        shapes.add(tensor.dims());
      }
      if (!(tensor instanceof DenseTensor dense)) {
        return;
      }
      switch (dense.dataType()) {
        case FLOAT -> add(dense.toFloatArray());
        case DOUBLE, FLOAT16, BFLOAT16 -> {
          for (long i = 0; i < dense.elementCount(); i++) {
            add(dense.doubleAt(i));
          }
        }
        default -> {
          for (long i = 0; i < dense.elementCount(); i++) {
            add(dense.longAt(i));
          }
        }
      }
      count += dense.elementCount();
    }

    private void add(float[] values) {
      double least = min;
      double most = max;
      double total = 0;
      double ofSquares = 0;
      boolean integers = whole;
      for (float value : values) {
        least = Math.min(least, value);
        most = Math.max(most, value);
        total += value;
        ofSquares += (double) value * value;
        integers = integers && value == Math.rint(value);
      }
      min = least;
      max = most;
      sum += total;
      squares += ofSquares;
      whole = integers;
    }

    private void add(double value) {
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
      squares += value * value;
      whole &= value == Math.rint(value);
    }

    OfInput of(TensorSpec input) {
      double mean = sum / count;
      double std = Math.sqrt(Math.max(0, squares / count - mean * mean));
      List<String> notes = new ArrayList<>();
      if (input.dataType() == DataType.FLOAT && whole && min >= 0 && max > 100 && max <= 255) {
        notes.add(
            "all numbers are whole and within 0 to 255: divide by 255 if the model was trained on"
                + " 0 to 1");
      }
      if (count > 0 && min == max) {
        notes.add("every number is " + min);
      }
      for (List<Long> dims : shapes) {
        if (dims.size() == IMAGE_RANK
            && dims.get(3) <= LARGEST_CHANNEL_COUNT
            && dims.get(1) > LARGEST_CHANNEL_COUNT
            && !(input.shape().dim(3) instanceof Dim.Known)) {
          notes.add(
              "the last axis, of "
                  + dims.get(3)
                  + ", looks like channels; if the model takes them"
                  + " first, transpose by (0, 3, 1, 2)");
          break;
        }
      }
      return new OfInput(input.name(), List.copyOf(shapes), min, max, mean, std, notes);
    }
  }
}
