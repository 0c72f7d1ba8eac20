package dev.octet.libtorch.align;

import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.ir.io.NodeMetadata;
import dev.octet.torch.graph.AtenNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `torch.onnx.export` notes on the nodes of its models: the call a node comes from, and its
/// place in the tree of modules.
///
/// It decomposes calls first, so a name alone may mean another call by then. A name is believed
/// where the operator is the same; a place where the program makes one call there and the model has
/// one node.
final class TorchOnnxNotes {
  private static final String CALL = "pkg.torch.onnx.fx_node";
  private static final String SCOPES = "pkg.torch.onnx.name_scopes";
  private static final Pattern TARGET = Pattern.compile("target=torch\\.ops\\.([\\w.]+)");
  private static final Pattern QUOTED = Pattern.compile("'([^']*)'");

  private TorchOnnxNotes() {}

  /// Values of the model that hold values of the program, by name in the program.
  ///
  /// @param producers calls of the program by the names of their tensors
  static Map<String, Value> pairs(Map<String, AtenNode> producers, Model model) {
    Map<String, Value> pairs = new HashMap<>();
    Map<String, List<Value>> byModule = new LinkedHashMap<>();
    for (Node node : model.graph().nodes()) {
      Map<String, String> notes = NodeMetadata.of(node);
      Matcher target = TARGET.matcher(notes.getOrDefault(CALL, ""));
      String operator = target.find() ? target.group(1) : "";
      for (Value value : node.outputs()) {
        if (value == null) {
          continue;
        }
        AtenNode same = producers.get(value.name());
        if (same != null && same.op().toString().equals(operator)) {
          pairs.put(value.name(), value);
        }
        byModule.computeIfAbsent(module(notes), path -> new ArrayList<>()).add(value);
      }
    }
    byModule.remove("");
    Set<Value> taken = new HashSet<>(pairs.values());
    callsByModule(producers)
        .forEach(
            (module, names) -> {
              List<Value> values = byModule.getOrDefault(module, List.of());
              if (names.size() == 1 && values.size() == 1 && !taken.contains(values.getFirst())) {
                pairs.putIfAbsent(names.getFirst(), values.getFirst());
              }
            });
    return pairs;
  }

  private static Map<String, List<String>> callsByModule(Map<String, AtenNode> producers) {
    Map<String, List<String>> calls = new LinkedHashMap<>();
    producers.forEach(
        (name, node) ->
            calls.computeIfAbsent(node.modulePath(), path -> new ArrayList<>()).add(name));
    return calls;
  }

  /// The path before the last of the scopes, which is the call's own name.
  private static String module(Map<String, String> notes) {
    List<String> scopes =
        QUOTED.matcher(notes.getOrDefault(SCOPES, "")).results().map(hit -> hit.group(1)).toList();
    return scopes.size() < 2 ? "" : scopes.get(scopes.size() - 2);
  }
}
