package dev.octet.rewrite.dynamic;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// `Conv` as `ConvInteger`, its bias added in float.
final class ConvForm implements DynamicForm {
  @Override
  public List<String> opTypes() {
    return List.of("Conv");
  }

  @Override
  public void write(DynamicNode coded) {
    Node node = coded.node();
    DynamicNames names = coded.names();
    Coded weight = coded.operand(1, WeightForm.CONVOLUTION);
    Optional<Value> bias = node.input(2);
    String output = node.output(0).name();
    NodeSpec product =
        Products.writeIn(
            coded.element(0),
            coded,
            NodeSpec.of("ConvInteger").attributes(node.attributes()),
            coded.operand(0, WeightForm.PLAIN),
            weight,
            node.name(),
            output);
    if (bias.isEmpty()) {
      coded.replaceWith(product);
      return;
    }
    Value sum = coded.add(product, names.value(output + "quant_scaled_output", "p"));
    int rank = weight.codes().shape().orElseThrow().rank();
    long[] channels = new long[rank];
    Arrays.fill(channels, 1);
    channels[1] = -1;
    Value shape =
        coded.constant(output + "_bias_reshape_shape", "k", DenseTensor.ofLongs(channels, rank));
    Value reshaped =
        coded.add(
            NodeSpec.of("Reshape").inputs(bias.get(), shape),
            names.value(output + "_bias_reshape_output", "b"));
    coded.replaceWith(
        NodeSpec.of("Add").named(names.helper(output + "_bias_add")).inputs(sum, reshaped));
  }
}
