package dev.octet.transform.opset;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Opset 11 settled on which side a `ConvTranspose` that works its padding out itself puts the odd
/// element; before, the text said the opposite of what the attribute's name does.
final class ConvTransposePadding implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("ConvTranspose");
  }

  @Override
  public int opset() {
    return 11;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    boolean automatic =
        node.stringAttribute("auto_pad", "NOTSET").startsWith("SAME_")
            || node.attributes().containsKey("output_shape");
    return automatic
        ? RuleOutcome.declined("it works its padding out itself, by the older formula", node)
        : RuleOutcome.noMatch();
  }
}
