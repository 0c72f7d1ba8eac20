package dev.octet.flow;

import dev.octet.data.ImagePreparation;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// Where samples come from.
///
/// @param data folder, zip or array file
/// @param samples how many to choose; all when empty
/// @param seed of the choice
/// @param sampleRate rate in Hz that recordings are brought to; empty for what the model says
/// @param labels file of class names, one a line; empty for what the model says
/// @param images how pictures become tensors
public record SampleRequest(
    Path data,
    OptionalInt samples,
    long seed,
    OptionalInt sampleRate,
    Optional<Path> labels,
    ImagePreparation images) {

  /// Samples that are no pictures.
  public SampleRequest(
      Path data, OptionalInt samples, long seed, OptionalInt sampleRate, Optional<Path> labels) {
    this(data, samples, seed, sampleRate, labels, ImagePreparation.DEFAULT);
  }
}
