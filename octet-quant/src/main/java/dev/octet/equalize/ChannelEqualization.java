package dev.octet.equalize;

import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.transform.SourceValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Rescales channels so that they reach about equally far.
public final class ChannelEqualization {
  /// `metadata_props` key: names of the values whose channels are rescaled, a line for each.
  private static final String RESCALED = "octet.rescaled";

  private ChannelEqualization() {}

  /// Names of the values of `model` that hold rescaled channels, and so are not what they were
  /// before it was equalized.
  public static Set<String> rescaled(Model model) {
    String names = model.metadata().getOrDefault(RESCALED, "");
    return names.lines().collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /// The values whose channels' reach [#apply] wants to know.
  public static Set<String> needs(Model model) {
    return ChannelPaths.of(model.graph()).stream()
        .map(path -> path.activation().name())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /// Equalizes `model`, editing it.
  ///
  /// @param model batch norms folded, constants as initializers
  /// @param reach for each value of [#needs], the largest absolute value of each channel
  /// @return what was done, a line for each path
  public static List<String> apply(Model model, Map<String, float[]> reach) {
    List<String> done = new ArrayList<>();
    Set<String> rescaled = new LinkedHashSet<>();
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
      rescaled.add(path.first().output(0).name());
      path.between().forEach(node -> rescaled.add(node.output(0).name()));
    }
    if (!rescaled.isEmpty()) {
      model.edit(editor -> note(editor, rescaled));
    }
    return done;
  }

  /// Says which values are not what they were.
  private static void note(GraphEditor editor, Set<String> rescaled) {
    Map<String, Value> sources = new LinkedHashMap<>(SourceValues.of(editor.model()).values());
    sources.values().removeIf(value -> rescaled.contains(value.name()));
    new SourceValues(sources).write(editor);
    editor.setMetadata(RESCALED, String.join("\n", rescaled));
  }
}
