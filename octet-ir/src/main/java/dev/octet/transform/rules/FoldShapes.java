package dev.octet.transform.rules;

import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.transform.ModelRewrite;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteLog;
import java.util.Map;

/// Replaces computed integers that shapes alone determine (`Shape → Gather → Concat` chains and
/// their like) by constants. The computation is left for [RemoveUnused].
public final class FoldShapes implements ModelRewrite {
  @Override
  public String name() {
    return "fold-shapes";
  }

  @Override
  public String description() {
    return "Integers computed from known dimensions become constants.";
  }

  @Override
  public void apply(GraphEditor editor, RewriteLog log) {
    RewriteContext context = new RewriteContext(editor);
    for (Map.Entry<Value, Tensor> known : ShapeInference.knownIntegers(editor.model()).entrySet()) {
      Value value = known.getKey();
      Node producer = value.producer().orElseThrow();
      if (producer.is("Constant") || value.isUnused() || context.constant(value).isPresent()) {
        continue;
      }
      if (value.isGraphOutput()) {
        log.declined(value.name(), "a graph output must be computed by a node");
        continue;
      }
      Value constant =
          editor.addInitializer(producer.graph(), value.name() + "_known", known.getValue());
      editor.replaceAllUses(value, constant);
      log.applied(value.name(), "is a constant " + known.getValue().dims());
    }
  }
}
