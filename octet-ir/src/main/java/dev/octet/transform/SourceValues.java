package dev.octet.transform;

import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which values of a model hold which values of the program it was made from, so that the two can
/// be compared value by value later on; values in branches and bodies of control flow too.
///
/// The model itself keeps this, as one entry of its `metadata_props`: a line for each value, the
/// program's name, a tab, and the model's. Every pass of a [Pipeline] carries it along and drops
/// what it has fused away.
///
/// @param values by name in the program, in its order
public record SourceValues(Map<String, Value> values) {
  /// `metadata_props` key.
  public static final String KEY = "octet.values";

  public SourceValues {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// What `model` says of itself; nothing where it says nothing. Names it no longer has are left
  /// out, and so are those that two of its subgraphs have.
  public static SourceValues of(Model model) {
    String text = model.metadata().get(KEY);
    if (text == null) {
      return new SourceValues(Map.of());
    }
    Map<String, Value> present = new HashMap<>();
    Set<String> ambiguous = new HashSet<>();
    for (Graph graph : model.graphs()) {
      for (Value value : graph.values()) {
        if (present.put(value.name(), value) != null) {
          ambiguous.add(value.name());
        }
      }
    }
    present.keySet().removeAll(ambiguous);
    Map<String, Value> values = new LinkedHashMap<>();
    text.lines()
        .forEach(
            line -> {
              int tab = line.indexOf('\t');
              Value value = present.get(line.substring(tab + 1));
              if (tab > 0 && value != null) {
                values.put(line.substring(0, tab), value);
              }
            });
    return new SourceValues(values);
  }

  /// Makes the model keep this.
  ///
  /// @param editor of the model the values are of
  public void write(GraphEditor editor) {
    if (values.isEmpty()) {
      editor.removeMetadata(KEY);
      return;
    }
    editor.setMetadata(
        KEY,
        values.entrySet().stream()
            .map(entry -> entry.getKey() + "\t" + entry.getValue().name())
            .collect(Collectors.joining("\n")));
  }
}
