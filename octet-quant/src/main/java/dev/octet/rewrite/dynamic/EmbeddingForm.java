package dev.octet.rewrite.dynamic;

import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `EmbedLayerNormalization` as `QEmbedLayerNormalization`: identifiers, the tables as codes, the
/// mask, then all scales, then all zero points.
final class EmbeddingForm implements DynamicForm {
  private static final int FIRST_TABLE = 2;
  private static final int LAST_TABLE = 6;
  private static final int MASK = 7;

  @Override
  public List<String> opTypes() {
    return List.of(DynamicNode.MICROSOFT + ".EmbedLayerNormalization");
  }

  @Override
  public void write(DynamicNode coded) {
    Node node = coded.node();
    List<@Nullable Value> inputs = new ArrayList<>();
    inputs.add(node.input(0).orElse(null));
    inputs.add(node.input(1).orElse(null));
    List<@Nullable Value> scales = new ArrayList<>();
    List<@Nullable Value> zeroPoints = new ArrayList<>();
    for (int i = FIRST_TABLE; i <= LAST_TABLE; i++) {
      boolean there = coded.readsCodes(i);
      inputs.add(there ? coded.operand(i, WeightForm.PLAIN).codes() : null);
      scales.add(there ? coded.operand(i, WeightForm.PLAIN).scale() : null);
      zeroPoints.add(there ? coded.operand(i, WeightForm.PLAIN).zeroPoint() : null);
    }
    inputs.add(node.input(MASK).orElse(null));
    inputs.addAll(scales);
    inputs.addAll(zeroPoints);
    coded.replaceWith(
        NodeSpec.of(DynamicNode.MICROSOFT, "QEmbedLayerNormalization")
            .named(coded.names().integer(node.name()))
            .attributes(node.attributes())
            .inputs(inputs));
  }
}
