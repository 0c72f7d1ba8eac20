package dev.octet.transform.opset;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/// Since opset 21 `GroupNormalization` has a scale and a bias for each channel, not for each group.
final class GroupNormalizationByChannel implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("GroupNormalization");
  }

  @Override
  public int opset() {
    return 21;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    Optional<Dim> channels =
        node.input(0)
            .flatMap(Value::shape)
            .filter(shape -> shape.rank() > 1)
            .map(shape -> shape.dim(1));
    Optional<DenseTensor> scale = context.constantInput(node, 1);
    Optional<DenseTensor> bias = context.constantInput(node, 2);
    if (!(channels.orElse(Dim.unknown()) instanceof Dim.Known(long count))
        || scale.isEmpty()
        || bias.isEmpty()) {
      return RuleOutcome.declined("its scale and bias, one for each group, are computed", node);
    }
    int times = Math.toIntExact(count / node.intAttribute("num_groups", 1));
    ConstantInputs.set(node, 1, "scale", repeated(scale.get(), times), context);
    ConstantInputs.set(node, 2, "bias", repeated(bias.get(), times), context);
    return RuleOutcome.applied("has a scale and a bias for each channel");
  }

  /// Each element `times` times.
  private static DenseTensor repeated(DenseTensor tensor, int times) {
    int size = tensor.dataType().bits() / 8;
    int count = Math.toIntExact(tensor.elementCount());
    byte[] bytes = new byte[count * times * size];
    for (int i = 0; i < count * times; i++) {
      for (int b = 0; b < size; b++) {
        bytes[i * size + b] = tensor.data().get(ValueLayout.JAVA_BYTE, (long) i / times * size + b);
      }
    }
    return DenseTensor.ofBytes(tensor.dataType(), bytes, (long) count * times);
  }
}
