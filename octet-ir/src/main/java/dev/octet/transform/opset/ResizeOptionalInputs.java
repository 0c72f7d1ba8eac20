package dev.octet.transform.opset;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Since opset 13 `Resize` takes either scales or sizes, and leaves out what it does not use;
/// before, empty tensors stood there.
final class ResizeOptionalInputs implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Resize");
  }

  @Override
  public int opset() {
    return 13;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    if (node.stringAttribute("coordinate_transformation_mode", "half_pixel")
        .equals("tf_half_pixel_for_nn")) {
      return RuleOutcome.declined("it maps coordinates by 'tf_half_pixel_for_nn'", node);
    }
    boolean changed = false;
    for (int input = 1; input <= 2; input++) {
      boolean empty =
          context.constantInput(node, input).filter(t -> t.elementCount() == 0).isPresent();
      if (empty) {
        context.editor().setInput(node, input, null);
        changed = true;
      }
    }
    if (node.input(2).isPresent() && node.input(3).isPresent()) {
      // Opset 11 went by the sizes where there were both.
      context.editor().setInput(node, 2, null);
      changed = true;
    }
    return changed ? RuleOutcome.applied("leaves unused inputs out") : RuleOutcome.noMatch();
  }
}
