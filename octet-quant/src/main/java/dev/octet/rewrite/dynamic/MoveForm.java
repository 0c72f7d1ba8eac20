package dev.octet.rewrite.dynamic;

import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `Gather` and `Transpose` do the same to codes.
final class MoveForm implements DynamicForm {
  @Override
  public List<String> opTypes() {
    return List.of("Gather", "Transpose");
  }

  @Override
  public void write(DynamicNode coded) {
    Node node = coded.node();
    Coded source = coded.operand(0, WeightForm.PLAIN);
    List<@Nullable Value> inputs = new ArrayList<>(node.inputs());
    inputs.set(0, source.codes());
    Value codes = coded.newValue(coded.names().value(node.output(0).name() + "_quantized", "q"));
    Node moving =
        coded.add(
            NodeSpec.of(node.opType()).attributes(node.attributes()).inputs(inputs).outputs(codes));
    coded.movedTo(moving, new Coded(codes, source.scale(), source.zeroPoint()));
  }
}
