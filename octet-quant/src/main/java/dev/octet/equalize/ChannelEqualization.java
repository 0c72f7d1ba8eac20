package dev.octet.equalize;

import dev.octet.ir.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Rescales channels so that they reach about equally far.
public final class ChannelEqualization {
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
      float[] up = ChannelFactors.of(channelReach, ChannelFactors.STRENGTH);
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
}
