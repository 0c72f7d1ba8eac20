package dev.octet.rewrite.qoperator;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `Conv` as `QLinearConv`. `ConvTranspose` has no integer form.
final class ConvForm implements IntegerForm {
  @Override
  public List<String> opTypes() {
    return List.of("Conv");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    Optional<Codes> data = node.activation(0);
    Optional<Codes> weight = node.input(1).filter(codes -> codes.hasScalesAlong(0));
    Optional<Codes> result = node.result(0);
    if (data.isEmpty()
        || weight.isEmpty()
        || result.isEmpty()
        || !Products.haveKernel(data.get(), weight.get())) {
      return Optional.empty();
    }
    List<Value> inputs = new ArrayList<>(node.triple(data.get()));
    inputs.addAll(node.triple(weight.get()));
    inputs.addAll(node.grid(result.get()));
    if (node.node().input(2).isPresent()) {
      Optional<Value> bias = Products.bias(node, 2, data.get(), weight.get(), 1f);
      if (bias.isEmpty()) {
        return Optional.empty();
      }
      inputs.add(bias.get());
    }
    return Folded.toCodes(
        NodeSpec.of("QLinearConv").attributes(node.node().attributes()).inputs(inputs));
  }
}
