package dev.octet.flow;

import dev.octet.diagnostic.OctetException;
import dev.octet.inspect.ComputeCost;
import dev.octet.inspect.ModelContents.ComputeNode;
import dev.octet.inspect.ModelInspector;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.plan.Places;
import dev.octet.plan.QuantizationScheme;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Whether a model that is to be quantized has been before. Where all of its multiplications run on
/// integers nothing is left to do, and more codes of codes would only lose; where some are in
/// float,
/// those may be meant.
final class QuantizedBefore {
  private QuantizedBefore() {}

  /// What to say of a model that is quantized in part; nothing of a float model.
  ///
  /// @throws OctetException (BAD_INPUT) when it is quantized as a whole
  static List<String> noted(ModelFile.Onnx file) {
    Optional<Node> sign = sign(file.model());
    if (sign.isEmpty()) {
      return List.of();
    }
    String where = "%s '%s'".formatted(sign.get().opType(), QuantizationScheme.label(sign.get()));
    List<ComputeNode> work = ModelInspector.inspect(file.model()).compute().nodes();
    List<ComputeNode> left = work.stream().filter(Predicate.not(ComputeNode::quantized)).toList();
    if (left.isEmpty() && !worksInBodies(file.model())) {
      throw OctetException.badInput(
          "quantized-already",
          file.path().toString(),
          "is quantized already, first at "
              + where
              + ", and holds no convolution or matrix product in float",
          "quantize the float model it was made from; octet inspect shows what is in a model");
    }
    return List.of(
        ("Quantized in part already, first at %s, and that part is left as it is: %,d of %,d"
                + " convolutions and matrix products are in float.")
            .formatted(where, left.size(), work.size()));
  }

  /// Whether bodies of Loop, Scan or If multiply, which nobody has looked at yet.
  private static boolean worksInBodies(Model model) {
    return Places.of(model).nodes().stream()
        .anyMatch(node -> node.graph() != model.graph() && ComputeCost.isHeavy(node));
  }

  /// The first node that computes on codes or makes them.
  private static Optional<Node> sign(Model model) {
    return Places.of(model).nodes().stream().filter(QuantizedBefore::isQuantizing).findFirst();
  }

  private static boolean isQuantizing(Node node) {
    String type = node.opType();
    return type.equals("DequantizeLinear")
        || type.endsWith("QuantizeLinear")
        || type.startsWith("QLinear")
        || type.startsWith("DynamicQuantize")
        || type.endsWith("Integer")
        || type.endsWith("IntegerToFloat")
        || type.endsWith("NBits")
        || type.equals("QAttention")
        || type.equals("QGemm");
  }
}
