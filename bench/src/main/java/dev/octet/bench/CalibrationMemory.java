package dev.octet.bench;

import dev.octet.calibrate.CalibrationOptions;
import dev.octet.calibrate.Calibrator;
import dev.octet.data.RandomSamples;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelReader;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.WeightGranularity;
import dev.octet.runtime.Progress;
import dev.octet.runtime.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Peak resident memory of this process after calibrating on so many random samples, made one at a
/// time. Linux only: the kernel keeps the peak.
public final class CalibrationMemory {
  private CalibrationMemory() {}

  /// Arguments: model, how many samples.
  public static void main(String[] arguments) throws IOException {
    Model model = ModelReader.read(Path.of(arguments[0]));
    long count = Long.parseLong(arguments[1]);
    List<TensorSpec> inputs = TensorSpec.inputsOf(model);
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .defaults(
                Policy.builder()
                    .calibration(CalibrationMethod.leastError())
                    .granularity(WeightGranularity.PER_TENSOR)
                    .build())
            .build();
    CalibrationNeeds needs = QuantizationPlanner.needs(model, scheme);
    Calibrator.observe(
        model,
        "the model",
        needs,
        new Endless(inputs, count),
        CalibrationOptions.DEFAULT,
        Progress.NONE);
    String peak =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmHWM"))
            .findFirst()
            .orElse("VmHWM: unknown");
    System.out.printf("%,d samples, %d values: %s%n", count, needs.needs().size(), peak);
  }

  /// A different random sample for each index.
  private record Endless(List<TensorSpec> inputs, long size) implements SampleSource {
    @Override
    public List<String> labels() {
      return List.of();
    }

    @Override
    public Stream<Sample> samples() {
      return samplesFrom(0);
    }

    @Override
    public Stream<Sample> samplesFrom(long first) {
      return LongStream.range(first, size).mapToObj(this::sample);
    }

    private Sample sample(long index) {
      try (Stream<Sample> one = RandomSamples.of(inputs, 1, index).samples()) {
        return one.findFirst().orElseThrow();
      }
    }
  }
}
