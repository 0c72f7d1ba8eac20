package dev.octet.rewrite.dynamic;

import dev.octet.ir.Attribute;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `LSTM` as `DynamicQuantizeLSTM`: the same inputs, then scales and zero points of both weights.
final class LstmForm implements DynamicForm {
  private static final int FIRST_BEHIND_WEIGHTS = 3;
  private static final int LAST = 7;

  @Override
  public List<String> opTypes() {
    return List.of("LSTM");
  }

  @Override
  public void write(DynamicNode coded) {
    Node node = coded.node();
    Coded weight = coded.operand(1, WeightForm.RECURRENT);
    Coded recurrence = coded.operand(2, WeightForm.RECURRENT);
    List<@Nullable Value> inputs = new ArrayList<>();
    inputs.add(node.input(0).orElseThrow());
    inputs.add(weight.codes());
    inputs.add(recurrence.codes());
    for (int i = FIRST_BEHIND_WEIGHTS; i <= LAST; i++) {
      inputs.add(node.input(i).orElse(null));
    }
    inputs.addAll(
        List.of(weight.scale(), weight.zeroPoint(), recurrence.scale(), recurrence.zeroPoint()));
    Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
    attributes.remove("layout");
    coded.replaceWith(
        NodeSpec.of(DynamicNode.MICROSOFT, "DynamicQuantizeLSTM")
            .named(coded.names().integer(node.name()))
            .attributes(attributes)
            .inputs(inputs));
  }
}
