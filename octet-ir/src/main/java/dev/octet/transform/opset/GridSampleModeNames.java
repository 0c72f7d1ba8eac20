package dev.octet.transform.opset;

import dev.octet.ir.Attribute;
import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Opset 20 renamed the modes of `GridSample` after those of `Resize`.
final class GridSampleModeNames implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("GridSample");
  }

  @Override
  public int opset() {
    return 20;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    String mode =
        switch (node.stringAttribute("mode", "bilinear")) {
          case "bilinear" -> "linear";
          case "bicubic" -> "cubic";
          case String other -> other;
        };
    context.editor().setAttribute(node, "mode", Attribute.of(mode));
    return RuleOutcome.applied("its mode is called '" + mode + "'");
  }
}
