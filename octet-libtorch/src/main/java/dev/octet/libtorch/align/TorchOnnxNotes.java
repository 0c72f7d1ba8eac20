package dev.octet.libtorch.align;

import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.ir.io.NodeMetadata;
import dev.octet.libtorch.align.ProgramValues.Computed;
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
/// one node. In branches and bodies names end in that of the graph; those that two bodies share are
/// left out.
final class TorchOnnxNotes {
  private static final String CALL = "pkg.torch.onnx.fx_node";
  private static final String SCOPES = "pkg.torch.onnx.name_scopes";
  private static final Pattern TARGET = Pattern.compile("target=torch\\.ops\\.([\\w.]+)");
  private static final Pattern QUOTED = Pattern.compile("'([^']*)'");

  private TorchOnnxNotes() {}

  /// Values of the model that hold values of the program, by name in the program.
  ///
  /// @param values of the program
  static Map<String, Value> pairs(ProgramValues values, Model model) {
    Map<String, AtenNode> producers = values.mainGraph();
    Map<String, Value> pairs = inBodies(values, model);
    Map<String, List<Value>> byModule = new LinkedHashMap<>();
    for (Node node : model.graph().nodes()) {
      Map<String, String> notes = NodeMetadata.of(node);
      String operator = operator(notes);
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
              List<Value> made = byModule.getOrDefault(module, List.of());
              if (names.size() == 1 && made.size() == 1 && !taken.contains(made.getFirst())) {
                pairs.putIfAbsent(names.getFirst(), made.getFirst());
              }
            });
    return pairs;
  }

  private static Map<String, Value> inBodies(ProgramValues values, Model model) {
    Map<String, List<Computed>> named = new HashMap<>();
    for (Computed computed : values.byName().values()) {
      computed
          .place()
          .body()
          .ifPresent(
              body -> {
                String own = computed.name().substring(computed.name().lastIndexOf('/') + 1);
                named
                    .computeIfAbsent(own + "_" + body.name(), name -> new ArrayList<>())
                    .add(computed);
              });
    }
    Map<String, Value> pairs = new HashMap<>();
    for (Graph graph : model.graphs().subList(1, model.graphs().size())) {
      for (Node node : graph.nodes()) {
        String operator = operator(NodeMetadata.of(node));
        for (Value value : node.outputs()) {
          List<Computed> same =
              value == null ? List.of() : named.getOrDefault(value.name(), List.of());
          if (same.size() == 1 && same.getFirst().node().op().toString().equals(operator)) {
            pairs.put(same.getFirst().name(), value);
          }
        }
      }
    }
    return pairs;
  }

  private static String operator(Map<String, String> notes) {
    Matcher target = TARGET.matcher(notes.getOrDefault(CALL, ""));
    return target.find() ? target.group(1) : "";
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
