package dev.octet.flow;

import dev.octet.data.Labels;
import dev.octet.data.Sample;
import dev.octet.data.SampleOptions;
import dev.octet.data.SampleSource;
import dev.octet.data.SampleSources;
import dev.octet.diagnostic.OctetException;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.TensorSpec;
import java.util.List;
import java.util.stream.Stream;

/// Opens the samples a request names, as a model wants them.
final class Samples {
  private Samples() {}

  /// @param model what says the class names and the sample rate where the request does not
  /// @param runner what says the inputs
  static SampleSource open(SampleRequest request, ModelFile model, ModelRunner runner) {
    return open(request, model, runner.inputs());
  }

  /// The first samples, at most `count`, kept in memory.
  static SampleSource first(
      int count, SampleRequest request, ModelFile model, List<TensorSpec> inputs) {
    SampleSource all = open(request, model, inputs);
    try (Stream<Sample> samples = all.samples()) {
      return SampleSource.of(all.labels(), samples.limit(count).toList());
    }
  }

  static SampleSource open(SampleRequest request, ModelFile model, List<TensorSpec> inputs) {
    if (request.samples().isPresent() && request.samples().getAsInt() < 1) {
      throw OctetException.usage(
          "bad-option", "--samples", "must be at least 1, not " + request.samples().getAsInt(), "");
    }
    SampleOptions options = SampleOptions.DEFAULT;
    int rate =
        request.sampleRate().orElseGet(() -> model.sampleRate().orElse(options.sampleRate()));
    List<String> labels =
        request.labels().map(Labels::read).orElseGet(() -> model.labels().orElse(List.of()));
    SampleSource all =
        SampleSources.open(
            request.data(),
            inputs,
            options.withSampleRate(rate).withLabels(labels).withImages(request.images()));
    return request.samples().isPresent()
        ? all.balancedSample(request.samples().getAsInt(), request.seed())
        : all;
  }
}
