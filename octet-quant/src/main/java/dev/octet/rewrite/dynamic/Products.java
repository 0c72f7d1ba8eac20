package dev.octet.rewrite.dynamic;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;

/// From sums of products of codes to real numbers.
final class Products {
  private Products() {}

  /// Adds the integer operator and what multiplies its result with both scales.
  ///
  /// @param operator the integer operator with its attributes; takes codes, then zero points
  /// @param floatName name of the float operator
  /// @param result name of the float result
  /// @return the last node, whose output is still to be named: the product in `element`
  static NodeSpec write(
      DynamicNode node,
      NodeSpec operator,
      Coded data,
      Coded weight,
      String floatName,
      String result) {
    DynamicNames names = node.names();
    String name = names.integer(floatName);
    String stem = result + "_output_quantized";
    Value sums =
        node.add(
            operator
                .named(name)
                .inputs(data.codes(), weight.codes(), data.zeroPoint(), weight.zeroPoint()),
            names.value(stem, "i"));
    Value floats =
        node.add(
            NodeSpec.of("Cast")
                .named(names.helper(stem + "_cast"))
                .attribute("to", DataType.FLOAT.onnxNumber())
                .inputs(sums),
            names.value(stem + "_cast_output", "c"));
    String scalesName =
        name.isEmpty()
            ? data.scale().name() + "_" + weight.scale().name() + "_mul"
            : name + "_scales_mul";
    NodeSpec multiply =
        NodeSpec.of("Mul").named(names.helper(scalesName)).inputs(data.scale(), weight.scale());
    String scalesValue = names.value(scalesName + ":0", "m");
    boolean ofThisNode = names == DynamicNames.PEER && !name.isEmpty();
    Value scales =
        ofThisNode
            ? node.add(multiply, scalesValue)
            : node.scaleProduct(data, weight, () -> node.add(multiply, scalesValue));
    return NodeSpec.of("Mul")
        .named(name.isEmpty() ? "" : names.helper(name + "_output_scale_mul"))
        .inputs(floats, scales);
  }

  /// As [#write], with the result converted to what the model computes in.
  ///
  /// @return the last node
  static NodeSpec writeIn(
      DataType element,
      DynamicNode node,
      NodeSpec operator,
      Coded data,
      Coded weight,
      String floatName,
      String result) {
    NodeSpec product = write(node, operator, data, weight, floatName, result);
    if (element == DataType.FLOAT) {
      return product;
    }
    Value wide = node.add(product, node.names().value(result + "_fp32", "p"));
    return NodeSpec.of("Cast").attribute("to", element.onnxNumber()).inputs(wide);
  }
}
