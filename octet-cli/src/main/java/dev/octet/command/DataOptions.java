package dev.octet.command;

import dev.octet.diagnostic.OctetException;
import dev.octet.flow.SampleRequest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// The options that say where samples come from.
final class DataOptions {
  @Option(
      names = "--data",
      paramLabel = "PATH",
      description = {
        "Samples: a folder or zip of <label>/<name>.wav or .jpg or .png, a .npy or .npz file of"
            + " arrays named like the model's inputs, a .csv or .jsonl file with columns named like"
            + " them, or a folder of ONNX test_data_set_* folders."
      })
  private @Nullable Path data;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Use N samples only: a seeded choice, balanced over the labels.")
  private @Nullable Integer samples;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of every random choice. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--sample-rate",
      paramLabel = "HZ",
      description =
          "Sample rate the model expects; recordings are resampled to it. Default: what the"
              + " model's metadata says.")
  private @Nullable Integer sampleRate;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "Class names, one a line, in the order of the model's outputs. Default: what the"
              + " model's metadata says.")
  private @Nullable Path labels;

  @ArgGroup(validate = false, heading = "Pictures:%n")
  private ImageOptions images = new ImageOptions();

  /// The samples of a command that cannot do without.
  SampleRequest request() {
    return optionalRequest()
        .orElseThrow(
            () ->
                OctetException.usage(
                    "option-missing", "--data", "names the samples, and is missing", ""));
  }

  /// The samples, if any are named.
  Optional<SampleRequest> optionalRequest() {
    return Optional.ofNullable(data).map(this::of);
  }

  private SampleRequest of(Path path) {
    return new SampleRequest(
        path,
        samples == null ? OptionalInt.empty() : OptionalInt.of(samples),
        seed,
        sampleRate == null ? OptionalInt.empty() : OptionalInt.of(sampleRate),
        Optional.ofNullable(labels),
        images.preparation());
  }

  /// The same choices for other data, all of it.
  SampleRequest requestOf(Path other) {
    return new SampleRequest(
        other,
        OptionalInt.empty(),
        seed,
        sampleRate == null ? OptionalInt.empty() : OptionalInt.of(sampleRate),
        Optional.ofNullable(labels),
        images.preparation());
  }

  long seed() {
    return seed;
  }
}
