package dev.octet.rewrite.dynamic;

import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import java.util.List;

/// `Attention` as `QAttention`.
final class AttentionForm implements DynamicForm {
  private static final int BIAS = 2;
  private static final int MASK = 3;
  private static final int PAST = 4;

  @Override
  public List<String> opTypes() {
    return List.of(DynamicNode.MICROSOFT + ".Attention");
  }

  @Override
  public void write(DynamicNode coded) {
    Node node = coded.node();
    Coded data = coded.operand(0, WeightForm.PLAIN);
    Coded weight = coded.operand(1, WeightForm.PLAIN);
    coded.replaceWith(
        NodeSpec.of(DynamicNode.MICROSOFT, "QAttention")
            .named(coded.names().integer(node.name()))
            .attributes(node.attributes())
            .inputs(
                data.codes(),
                weight.codes(),
                node.input(BIAS).orElse(null),
                data.scale(),
                weight.scale(),
                node.input(MASK).orElse(null),
                data.zeroPoint(),
                weight.zeroPoint(),
                node.input(PAST).orElse(null)));
  }
}
