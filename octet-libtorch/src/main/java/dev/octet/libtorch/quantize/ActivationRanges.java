package dev.octet.libtorch.quantize;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.libtorch.exec.Tensors;
import dev.octet.libtorch.exec.TorchValue;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.runtime.Progress;
import dev.octet.stats.Collector;
import dev.octet.stats.RangeEstimator;
import dev.octet.torch.graph.ExportedProgram;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/// Observes values of a program over samples. Activations are looked at where libtorch left them
/// and never kept.
final class ActivationRanges {
  private ActivationRanges() {}

  /// The range of each value.
  ///
  /// @param needs what to observe and with what in mind, by name of the program's value
  /// @throws OctetException (`BAD_INPUT`) when a value is NaN or infinite for some sample, or there
  ///     are no samples
  static CalibrationTable observe(
      ExportedProgram program,
      Map<String, CalibrationNeeds.Need> needs,
      SampleSource source,
      Progress progress) {
    Map<String, RangeEstimator> estimators = new LinkedHashMap<>();
    Map<String, Collector> collectors = new LinkedHashMap<>();
    needs.forEach(
        (value, need) -> {
          RangeEstimator estimator = need.estimator();
          estimators.put(value, estimator);
          collectors.put(value, estimator.newCollector());
        });
    long[] samples = {0};
    run(
        program,
        needs.keySet(),
        source,
        progress,
        (name, value) ->
            Objects.requireNonNull(collectors.get(name))
                .accept(floats(value.asTensor()), samples[0]),
        () -> samples[0]++);
    Map<String, CalibrationTable.Entry> entries = new LinkedHashMap<>();
    collectors.forEach(
        (name, collector) -> {
          if (collector.nonFinite() > 0) {
            throw OctetException.badInput(
                "value-not-finite",
                name,
                "holds NaN or infinite numbers, first for sample "
                    + collector.firstNonFiniteSample().orElse(0),
                "check that sample and the model");
          }
          CalibrationTable.Observation observation =
              new CalibrationTable.Observation(samples[0], collector.count(), collector.observed());
          entries.put(
              name,
              new CalibrationTable.Entry(
                  Objects.requireNonNull(estimators.get(name)).estimate(collector),
                  Objects.requireNonNull(needs.get(name)).method(),
                  observation));
        });
    return new CalibrationTable(entries);
  }

  /// The mean magnitude of each value's numbers, and how many there are in a sample.
  static Map<String, LearnedSteps.Magnitude> magnitudes(
      ExportedProgram program, Set<String> values, SampleSource source) {
    Map<String, double[]> sums = new LinkedHashMap<>();
    long[] samples = {0};
    run(
        program,
        values,
        source,
        Progress.NONE,
        (name, value) -> {
          Tensor tensor = value.asTensor();
          double mean = tensor.abs().mean().item().toDouble();
          double[] sum = sums.computeIfAbsent(name, _ -> new double[2]);
          sum[0] += mean * tensor.numel();
          sum[1] += tensor.numel();
        },
        () -> samples[0]++);
    Map<String, LearnedSteps.Magnitude> magnitudes = new LinkedHashMap<>();
    sums.forEach(
        (name, sum) ->
            magnitudes.put(
                name,
                new LearnedSteps.Magnitude(
                    sum[0] / Math.max(sum[1], 1), Math.max((long) sum[1] / samples[0], 1))));
    return magnitudes;
  }

  /// The largest magnitude in each channel (axis 1) of each value.
  static Map<String, float[]> channelMaxima(
      ExportedProgram program, List<String> values, SampleSource source) {
    Map<String, float[]> maxima = new LinkedHashMap<>();
    run(
        program,
        values,
        source,
        Progress.NONE,
        (name, value) -> {
          Tensor channels = value.asTensor().abs().transpose(0, 1).flatten(1, -1);
          float[] seen = Tensors.toFloats(channels.amax(new long[] {1}, false));
          maxima.merge(name, seen, ActivationRanges::larger);
        },
        () -> {});
    return maxima;
  }

  private static void run(
      ExportedProgram program,
      Collection<String> values,
      SampleSource source,
      Progress progress,
      BiConsumer<String, TorchValue> observer,
      Runnable afterEach) {
    Set<String> observed = new LinkedHashSet<>(values);
    try (LibtorchInterpreter interpreter = new LibtorchInterpreter("the float program", program);
        Stream<Sample> samples = source.samples()) {
      long total = source.size();
      long done = 0;
      Iterator<Sample> iterator = samples.iterator();
      if (!iterator.hasNext()) {
        throw OctetException.badInput("no-samples", "", "there is nothing to calibrate with", "");
      }
      while (iterator.hasNext()) {
        interpreter.run(iterator.next().inputs(), observed, observer);
        afterEach.run();
        progress.update(++done, total);
      }
    }
  }

  private static MemorySegment floats(Tensor tensor) {
    return Tensors.bytes(tensor.contiguous());
  }

  private static float[] larger(float[] first, float[] second) {
    float[] result = Arrays.copyOf(first, first.length);
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.max(result[i], second[i]);
    }
    return result;
  }
}
