package dev.octet.equalize;

import dev.octet.ir.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Rescales channels so that they reach about equally far.
public final class ChannelEqualization {
  /// Share of the distance to the furthest channel, in octaves, that a channel is brought nearer
  /// by. All of it would hand the next layer's weights the whole spread.
  private static final double STRENGTH = 0.75;

  /// Largest factor, as a power of two: what a channel that never fires is left at.
  private static final int MOST_OCTAVES = 6;

  private ChannelEqualization() {}

  /// The values whose channels' reach [#apply] wants to know.
  public static Set<String> needs(Model model) {
    return ChannelPaths.of(model.graph()).stream()
        .map(path -> path.activation().name())
        .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
  }

  /// Equalizes `model`, editing it.
  ///
  /// @param model batch norms folded, constants as initializers
  /// @param reach for each value of [#needs], the largest absolute value of each channel
  /// @return what was done, a line for each path
  public static List<String> apply(Model model, Map<String, float[]> reach) {
    List<String> done = new ArrayList<>();
    for (ChannelPath path : ChannelPaths.of(model.graph())) {
      float[] channelReach = reach.get(path.activation().name());
      if (channelReach == null || channelReach.length != path.channels()) {
        throw new IllegalArgumentException("no reach of each channel of " + path.activation());
      }
      float[] up = factors(channelReach);
      float[] down = new float[up.length];
      for (int i = 0; i < up.length; i++) {
        down[i] = 1 / up[i];
      }
      model.edit(
          editor -> {
            ChannelScaling.scaleResults(editor, path.first(), up);
            ChannelScaling.scaleReading(editor, path.last(), down);
          });
      done.add(path.toString());
    }
    return done;
  }

  /// Powers of two, at least 1, that bring each channel nearer to the one that reaches furthest.
  static float[] factors(float[] reach) {
    double furthest = 0;
    for (float each : reach) {
      furthest = Math.max(furthest, each);
    }
    float[] factors = new float[reach.length];
    for (int i = 0; i < factors.length; i++) {
      double octaves = reach[i] > 0 ? STRENGTH * log2(furthest / reach[i]) : 0;
      factors[i] = Math.scalb(1f, (int) Math.min(MOST_OCTAVES, Math.rint(octaves)));
    }
    return factors;
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }
}
