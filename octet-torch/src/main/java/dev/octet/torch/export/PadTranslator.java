package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Padding → `Pad`. PyTorch lists pads from the last axis backwards, two to an axis; ONNX all
/// beginnings, then all ends.
final class PadTranslator implements AtenTranslator {
  private static final Map<String, String> MODES =
      Map.of("constant", "constant", "reflect", "reflect", "replicate", "edge", "circular", "wrap");
  private static final int WRAP_OPSET = 19;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.pad",
        "aten.constant_pad_nd",
        "aten.reflection_pad1d",
        "aten.reflection_pad2d",
        "aten.reflection_pad3d",
        "aten.replication_pad1d",
        "aten.replication_pad2d",
        "aten.replication_pad3d");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    String mode =
        switch (call.op()) {
          case "pad" -> MODES.getOrDefault(call.text("mode"), "");
          case "constant_pad_nd" -> "constant";
          default -> call.op().startsWith("reflection") ? "reflect" : "edge";
        };
    int rank = call.rank("self");
    List<Size> listed =
        call.sizes(call.op().equals("pad") || mode.equals("constant") ? "pad" : "padding");
    List<Size> before = new ArrayList<>();
    List<Size> after = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      int pair = 2 * (rank - 1 - axis);
      before.add(pair < listed.size() ? listed.get(pair) : Size.of(0));
      after.add(pair < listed.size() ? listed.get(pair + 1) : Size.of(0));
    }
    if (mode.equals("wrap") && onnx.opset() < WRAP_OPSET) {
      return Translation.of(wrapped(call.tensor("self"), before, after, onnx));
    }
    before.addAll(after);
    Value pads = onnx.sizes(before);
    if (!mode.equals("constant")) {
      return Translation.of(
          onnx.add(
              NodeSpec.of("Pad")
                  .inputs(call.tensor("self"), pads)
                  .attribute("mode", Attribute.of(mode))));
    }
    double value = call.given("value") ? call.number("value") : 0;
    return Translation.of(
        value == 0
            ? onnx.add("Pad", call.tensor("self"), pads)
            : onnx.add(
                "Pad",
                call.tensor("self"),
                pads,
                onnx.scalar(OnnxNodes.onnx(call.meta("self").dtype()), value)));
  }

  // The end before the beginning, the beginning after the end, axis by axis.
  private static Value wrapped(Value x, List<Size> before, List<Size> after, OnnxNodes onnx) {
    Value result = x;
    for (int axis = 0; axis < before.size(); axis++) {
      if (!(before.get(axis) instanceof Size.Fixed(long first))
          || !(after.get(axis) instanceof Size.Fixed(long last))) {
        throw new UnsupportedArgument("circular padding of computed width before opset 19");
      }
      List<Value> parts = new ArrayList<>();
      if (first > 0) {
        Size end = Size.of(Long.MAX_VALUE);
        parts.add(SlicingTranslator.slice(onnx, result, axis, Size.of(-first), end, 1));
      }
      parts.add(result);
      if (last > 0) {
        parts.add(SlicingTranslator.slice(onnx, result, axis, Size.of(0), Size.of(last), 1));
      }
      if (parts.size() > 1) {
        result = onnx.add(NodeSpec.of("Concat").inputs(parts).attribute("axis", axis));
      }
    }
    return result;
  }
}
