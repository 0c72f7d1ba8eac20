package dev.octet.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.octet.calibrate.CalibrationOptions;
import dev.octet.calibrate.Calibrator;
import dev.octet.data.Batch;
import dev.octet.data.Batches;
import dev.octet.data.ImagePreparation;
import dev.octet.data.Labels;
import dev.octet.data.Sample;
import dev.octet.data.SampleOptions;
import dev.octet.data.SampleSource;
import dev.octet.data.SampleSources;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelReader;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.WeightGranularity;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.PreparedRun;
import dev.octet.runtime.Progress;
import dev.octet.runtime.SessionOptions;
import dev.octet.runtime.TensorSpec;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What calibration costs beyond running the model: the time to observe ranges over samples, as
/// `octet quantize` does, as a multiple of the bare forward pass over the same samples.
///
/// Twice: on one core each (a worker against a session of one thread), and on all cores each, as a
/// user gets them: a worker a core against one session of as many threads. Samples are decoded
/// beforehand. Rounds are interleaved; the medians are printed.
public final class CalibrationAgainstForward {
  private static final int BATCH = 32;
  private static final int ROUNDS = 7;

  private CalibrationAgainstForward() {}

  /// Arguments: model, samples, how many samples, and `detector` for pictures as YOLOX takes them:
  /// BGR, 0 to 255, letterboxed.
  public static void main(String[] arguments) {
    Model model = ModelReader.read(Path.of(arguments[0]));
    int count = Integer.parseInt(arguments[2]);
    SampleSource samples = decoded(model, arguments, count);
    int cores = Runtime.getRuntime().availableProcessors();
    compare(model, samples, 1);
    if (cores > 1) {
      compare(model, samples, cores);
    }
  }

  private static SampleSource decoded(Model model, String[] arguments, int count) {
    SampleOptions options =
        SampleOptions.DEFAULT.withLabels(Labels.fromMetadata(model.metadata(), arguments[0]));
    if (arguments.length > 3 && arguments[3].equals("detector")) {
      options =
          options.withImages(
              ImagePreparation.builder()
                  .channels(ImagePreparation.Channels.BGR)
                  .fit(ImagePreparation.Fit.LETTERBOX)
                  .scale(1)
                  .build());
    }
    SampleSource source =
        SampleSources.open(Path.of(arguments[1]), TensorSpec.inputsOf(model), options)
            .balancedSample(count, 0);
    try (Stream<Sample> samples = source.samples()) {
      return SampleSource.of(List.of(), samples.toList());
    }
  }

  /// @param cores for the bare pass's threads, and for the workers
  private static void compare(Model model, SampleSource samples, int cores) {
    Map<String, List<Double>> times = new TreeMap<>();
    SessionOptions options = SessionOptions.UNCHANGED.withThreads(cores);
    try (InferenceSession session = InferenceSession.open(model, "the model", options)) {
      for (int round = 0; round < ROUNDS; round++) {
        measure(times, "1 bare forward pass", () -> forward(session, samples));
        measure(
            times, "2 min-max", () -> calibrate(model, samples, CalibrationMethod.minMax(), cores));
        measure(
            times,
            "3 histogram",
            () -> calibrate(model, samples, CalibrationMethod.leastError(), cores));
      }
    }
    double bare = median(times.getOrDefault("1 bare forward pass", List.of()));
    double bareCpu = median(times.getOrDefault("1 bare forward pass, CPU", List.of()));
    System.out.printf(
        "%d samples, batch %d, %d core(s), medians of %d%n", samples.size(), BATCH, cores, ROUNDS);
    times.forEach(
        (name, all) ->
            System.out.printf(
                "%-24s %8.1f ms  %5.2fx%n",
                name.substring(2),
                median(all),
                median(all) / (name.endsWith("CPU") ? bareCpu : bare)));
  }

  private static void measure(Map<String, List<Double>> times, String name, Runnable work) {
    long start = System.nanoTime();
    long cpu = cpuNanos();
    work.run();
    double ms = (System.nanoTime() - start) / 1e6;
    double cpuMs = (cpuNanos() - cpu) / 1e6;
    times.computeIfAbsent(name, ignored -> new ArrayList<>()).add(ms);
    times.computeIfAbsent(name + ", CPU", ignored -> new ArrayList<>()).add(cpuMs);
  }

  /// Of the whole process: what counts where others use the machine too.
  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /// As cheap as a forward pass gets: inputs copied into buffers pinned once, outputs left there.
  private static void forward(InferenceSession session, SampleSource source) {
    Map<Integer, PreparedRun> runs = new TreeMap<>();
    try (Stream<Sample> samples = source.samples();
        Stream<Batch> batches = Batches.of(samples, Batches.sizeFor(session.inputs(), BATCH))) {
      batches.forEach(
          batch -> {
            PreparedRun run =
                runs.computeIfAbsent(
                    batch.samples().size(), ignored -> session.prepare(batch.inputs()));
            run.load(batch.inputs());
            run.run();
          });
    } finally {
      runs.values().forEach(PreparedRun::close);
    }
  }

  private static void calibrate(
      Model model, SampleSource samples, CalibrationMethod method, int workers) {
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .defaults(
                Policy.builder()
                    .calibration(method)
                    .granularity(WeightGranularity.PER_TENSOR)
                    .build())
            .build();
    CalibrationNeeds needs = QuantizationPlanner.needs(model, scheme);
    Calibrator.observe(
        model,
        "the model",
        needs,
        samples,
        CalibrationOptions.builder()
            .workers(workers)
            .batchSize(BATCH)
            .looking(CalibrationOptions.Looking.ENOUGH)
            .build(),
        Progress.NONE);
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
