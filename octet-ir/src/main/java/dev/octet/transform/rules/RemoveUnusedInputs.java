package dev.octet.transform.rules;

import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Value;
import dev.octet.transform.ModelRewrite;
import dev.octet.transform.RewriteLog;
import java.util.List;

/// Removes graph inputs that nothing reads. Callers then must not feed them any more.
public final class RemoveUnusedInputs implements ModelRewrite {
  @Override
  public String name() {
    return "remove-unused-inputs";
  }

  @Override
  public String description() {
    return "Inputs of the model that nothing reads go; callers may not feed them any more.";
  }

  @Override
  public void apply(GraphEditor editor, RewriteLog log) {
    Graph graph = editor.graph();
    for (Value input : List.copyOf(graph.inputs())) {
      if (input.isUnused() && input.opaqueInitializer().isPresent()) {
        log.declined(input.name(), "nothing reads it, but its default is sparse, or in parts");
      } else if (input.isUnused()) {
        String name = input.name();
        boolean hasDefault = input.initializer().isPresent();
        editor.removeInput(graph, input);
        if (hasDefault) {
          editor.removeInitializer(graph, input);
        }
        log.applied(name, "removed, nothing reads it");
      }
    }
  }
}
