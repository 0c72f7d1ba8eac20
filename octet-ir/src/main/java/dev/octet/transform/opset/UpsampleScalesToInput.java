package dev.octet.transform.opset;

import dev.octet.ir.Attribute;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Since opset 9 `Upsample` reads its scales as an input.
final class UpsampleScalesToInput implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Upsample");
  }

  @Override
  public int opset() {
    return 9;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    if (!(node.attributes().get("scales") instanceof Attribute.OfFloats(List<Float> scales))) {
      return RuleOutcome.noMatch();
    }
    float[] values = new float[scales.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = scales.get(i);
    }
    context.editor().removeAttribute(node, "scales");
    DenseTensor tensor = DenseTensor.ofFloats(values, values.length);
    ConstantInputs.set(node, 1, "scales", tensor, context);
    return RuleOutcome.applied("reads its scales as an input");
  }
}
