package dev.octet.transform.opset;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;
import java.util.Optional;

/// Since opset 11 `Resize` says how it maps coordinates. Before, output element `i` came from input
/// element `i / scale` (`asymmetric`), and `nearest` rounded that down where an axis grew and up
/// where it shrank, as ONNX Runtime has it; the standard was silent.
final class ResizeCoordinates implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Resize");
  }

  @Override
  public int opset() {
    return 11;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    boolean nearest = node.stringAttribute("mode", "nearest").equals("nearest");
    Value scales = node.input(1).orElseThrow();
    String rounding = "floor";
    if (nearest) {
      Optional<DenseTensor> known =
          context.constant(scales).filter(tensor -> tensor.dataType() == DataType.FLOAT);
      if (known.isEmpty()) {
        return RuleOutcome.declined("it rounds by scales that are computed", node);
      }
      boolean grows = false;
      boolean shrinks = false;
      for (float scale : known.get().toFloatArray()) {
        grows |= scale > 1;
        shrinks |= scale < 1;
      }
      if (grows && shrinks) {
        return RuleOutcome.declined("it rounds down on one axis and up on another", node);
      }
      rounding = shrinks ? "ceil" : "floor";
    }
    GraphEditor editor = context.editor();
    editor.setAttribute(node, "coordinate_transformation_mode", Attribute.of("asymmetric"));
    if (nearest) {
      editor.setAttribute(node, "nearest_mode", Attribute.of(rounding));
    }
    ConstantInputs.set(node, 1, "roi", DenseTensor.ofFloats(new float[0], 0), context);
    editor.setInput(node, 2, scales);
    return RuleOutcome.applied("states how it maps coordinates");
  }
}
