package dev.octet.transform.rules;

import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.Value;
import dev.octet.transform.ModelRewrite;
import dev.octet.transform.RewriteLog;
import java.util.List;

/// Makes graph inputs with a default plain constants.
///
/// Files of IR version 3 list every weight as an input too. As long as a caller could replace a
/// weight, nothing may be folded into it and it cannot be quantized. Such files become IR version
/// 4, the first in which an initializer need not be an input.
public final class FreezeInputDefaults implements ModelRewrite {
  private static final long FIRST_IR_WITH_PLAIN_INITIALIZERS = 4;

  @Override
  public String name() {
    return "freeze-input-defaults";
  }

  @Override
  public String description() {
    return "Weights listed as graph inputs become constants no caller can replace.";
  }

  @Override
  public void apply(GraphEditor editor, RewriteLog log) {
    Graph graph = editor.graph();
    List<Value> defaults =
        graph.inputs().stream().filter(input -> input.initializer().isPresent()).toList();
    graph.inputs().stream()
        .filter(input -> input.opaqueInitializer().isPresent())
        .forEach(input -> log.declined(input.name(), "its default is sparse, or in parts"));
    if (defaults.isEmpty()) {
      return;
    }
    ModelInfo info = editor.model().info();
    if (info.irVersion() < FIRST_IR_WITH_PLAIN_INITIALIZERS) {
      editor.setInfo(
          new ModelInfo(
              FIRST_IR_WITH_PLAIN_INITIALIZERS,
              info.producerName(),
              info.producerVersion(),
              info.domain(),
              info.modelVersion()));
      log.applied(
          "model", "IR version " + info.irVersion() + " → " + FIRST_IR_WITH_PLAIN_INITIALIZERS);
    }
    for (Value input : defaults) {
      editor.removeInput(graph, input);
      log.applied(input.name(), "is a constant now, no longer an input");
    }
  }
}
