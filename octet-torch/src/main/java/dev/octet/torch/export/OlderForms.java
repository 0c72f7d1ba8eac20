package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What opset 17 calls otherwise than later ones, so that translators write one form: reductions
/// have their axes in an attribute there, and `Split` makes equal parts without being told their
/// number.
final class OlderForms {
  private static final Set<String> AXES_FROM_18 =
      Set.of(
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceProd",
          "ReduceSumSquare");

  private OlderForms() {}

  /// The node in the form it has before opset 18; the node itself where that is the same.
  ///
  /// @throws UnsupportedArgument when a later opset is needed
  static NodeSpec before18(NodeSpec spec) {
    if (AXES_FROM_18.contains(spec.opType()) && spec.inputs().size() > 1) {
      return withAxesAttribute(spec);
    }
    if (spec.opType().equals("Split") && spec.attributes().containsKey("num_outputs")) {
      Map<String, Attribute> attributes = new LinkedHashMap<>(spec.attributes());
      attributes.remove("num_outputs");
      return spec.attributes(attributes);
    }
    return spec;
  }

  private static NodeSpec withAxesAttribute(NodeSpec spec) {
    Value axes = Objects.requireNonNull(spec.inputs().get(1));
    if (!(axes.initializer().orElse(null) instanceof DenseTensor known)) {
      throw new UnsupportedArgument("axes that are computed, before opset 18");
    }
    List<Long> numbers = new ArrayList<>();
    for (long i = 0; i < known.elementCount(); i++) {
      numbers.add(known.longAt(i));
    }
    return spec.inputs(spec.inputs().getFirst()).attribute("axes", new Attribute.OfInts(numbers));
  }
}
