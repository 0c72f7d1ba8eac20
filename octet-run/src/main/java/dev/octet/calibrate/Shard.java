package dev.octet.calibrate;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One of several parts of the samples, each for a process of its own; what they find is merged
/// afterwards ([SavedCalibration#merged]).
///
/// @param index which part, from 0
/// @param count how many parts there are
public record Shard(int index, int count) {
  /// All of the samples.
  public static final Shard WHOLE = new Shard(0, 1);

  private static final Pattern TEXT = Pattern.compile("([1-9]\\d{0,5})/([1-9]\\d{0,5})");

  public Shard {
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException("there is no part " + (index + 1) + " of " + count);
    }
  }

  /// Reads `2/4`, the second of four.
  ///
  /// @return empty when the text is nothing of the kind
  public static Optional<Shard> parse(String text) {
    Matcher parts = TEXT.matcher(text.strip());
    if (!parts.matches()) {
      return Optional.empty();
    }
    int index = Integer.parseInt(parts.group(1)) - 1;
    int count = Integer.parseInt(parts.group(2));
    return index < count ? Optional.of(new Shard(index, count)) : Optional.empty();
  }

  /// The samples of this part. Parts meet between batches, so that the model sees the same batches
  /// as it would in one process, and differ by one batch at most.
  ///
  /// @param samples how many there are in all
  /// @param batchSize samples a run
  public Span span(long samples, int batchSize) {
    long batches = (samples + batchSize - 1) / batchSize;
    return new Span(
        Math.min(samples, batches * index / count * batchSize),
        Math.min(samples, batches * (index + 1) / count * batchSize));
  }

  @Override
  public String toString() {
    return index + 1 + "/" + count;
  }
}
