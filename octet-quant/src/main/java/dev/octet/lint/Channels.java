package dev.octet.lint;

import java.util.List;
import java.util.stream.Collectors;

/// Channels in messages.
final class Channels {
  private static final int SHOWN = 6;

  private Channels() {}

  /// `channel 3 of 64`, `channels 1, 5, 7, … (12 of 64)`.
  static String text(List<Integer> channels, long all) {
    if (channels.size() == 1) {
      return "channel " + channels.getFirst() + " of " + all;
    }
    String listed =
        channels.stream().limit(SHOWN).map(String::valueOf).collect(Collectors.joining(", "));
    return "channels %s%s (%d of %d)"
        .formatted(listed, channels.size() > SHOWN ? ", …" : "", channels.size(), all);
  }
}
