package dev.octet.rewrite.qoperator;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `Gemm` as `QGemm`, which multiplies `alpha` into the bias too, takes no `beta`, and computes
/// codes or, without a scale for them, floats.
final class GemmForm implements IntegerForm {
  @Override
  public List<String> opTypes() {
    return List.of("Gemm");
  }

  @Override
  public Optional<Folded> write(CodedNode coded) {
    Node node = coded.node();
    Optional<Codes> data = coded.activation(0);
    int channels = node.intAttribute("transB", 0) == 0 ? 1 : 0;
    Optional<Codes> weight = coded.input(1).filter(codes -> codes.hasScalesAlong(channels));
    if (data.isEmpty() || weight.isEmpty() || !Products.haveKernel(data.get(), weight.get())) {
      return Optional.empty();
    }
    List<@Nullable Value> inputs = new ArrayList<>(coded.triple(data.get()));
    inputs.addAll(coded.triple(weight.get()));
    if (node.input(2).isPresent()) {
      float alpha = node.floatAttribute("alpha", 1f);
      Optional<Value> bias = Products.bias(coded, 2, data.get(), weight.get(), alpha);
      if (bias.isEmpty() || node.floatAttribute("beta", 1f) != 1f) {
        return Optional.empty();
      }
      inputs.add(bias.get());
    } else {
      inputs.add(null);
    }
    Optional<Codes> result = coded.result(0);
    result.ifPresent(codes -> inputs.addAll(coded.grid(codes)));
    if (inputs.getLast() == null) {
      inputs.removeLast();
    }
    var spec = Operators.without(Operators.microsoft("QGemm", node), "beta").inputs(inputs);
    return result.isPresent() ? Folded.toCodes(spec) : Folded.toReal(spec);
  }
}
