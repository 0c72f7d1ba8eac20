package dev.octet.transform.opset;

import dev.octet.ir.Attribute;
import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Opset 16 made another way of mapping coordinates the default of `RoiAlign`.
final class RoiAlignCoordinates implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("RoiAlign");
  }

  @Override
  public int opset() {
    return 16;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    context
        .editor()
        .setAttribute(node, "coordinate_transformation_mode", Attribute.of("output_half_pixel"));
    return RuleOutcome.applied("states how it maps coordinates");
  }
}
