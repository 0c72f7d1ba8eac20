package dev.octet.command;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.io.ExternalData;
import dev.octet.ir.io.ExternalData.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the data of larger tensors goes.
final class ExternalDataOptions {
  @Option(
      names = "--save-as-external-data",
      description = "Put larger tensors into files beside the model, whatever its size.")
  private boolean external;

  @Option(
      names = "--all-tensors-to-one-file",
      negatable = true,
      description = "All of them into one file (default), or each into one of its own.")
  private @Nullable Boolean oneFile;

  @Option(
      names = "--external-data-location",
      paramLabel = "NAME",
      description = {
        "Name of that file in the model's folder (default: the model's, with .data). With a file"
            + " for each tensor, what their names start with."
      })
  private @Nullable String location;

  @Option(
      names = "--external-data-size-threshold",
      paramLabel = "BYTES",
      description = {
        "Bytes from which on a tensor goes there (default: 1024). Short vectors that may decide"
            + " shapes stay in the model, for ONNX Runtime looks for them nowhere else."
      })
  private @Nullable Long threshold;

  /// Empty to leave data in the model as long as there is room.
  ///
  /// @param output the model to be written; `null` in a dry run
  Optional<ExternalData> chosen(@Nullable Path output) {
    if (!external) {
      if (location != null || threshold != null || oneFile != null) {
        throw OctetException.usage(
            "bad-option",
            "--external-data-location, --external-data-size-threshold, --all-tensors-to-one-file",
            "say how data is put beside the model, which nothing asks for",
            "add --save-as-external-data");
      }
      return Optional.empty();
    }
    String model = output == null ? "model" : output.getFileName().toString();
    String name = Objects.requireNonNullElse(location, model + ".data");
    long bytes = Objects.requireNonNullElse(threshold, ExternalData.DEFAULT_THRESHOLD);
    Files files = oneFile == null || oneFile ? Files.ONE : Files.EACH_TENSOR;
    return Optional.of(
        Options.checked(
            "--external-data-location, --external-data-size-threshold",
            () -> new ExternalData(name, bytes, files)));
  }
}
