package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.Set;

/// Torchvision's operators of detectors → `NonMaxSuppression`, `RoiAlign`.
final class DetectionTranslator implements AtenTranslator {
  // ONNX Runtime 1.29 has no RoiAlign of operator set 22.
  private static final int LAST_ALIGNING_OPSET = 21;

  @Override
  public Set<String> operators() {
    return Set.of("torchvision.nms", "torchvision.roi_align");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return Translation.of(call.op().equals("nms") ? suppressed(call, onnx) : aligned(call, onnx));
  }

  // Of one image and one class; opposite corners of a box may come in either order of axes.
  private static Value suppressed(Call call, OnnxNodes onnx) {
    Value boxes = onnx.add("Unsqueeze", call.tensor("dets"), onnx.vector(0));
    Value scores = onnx.add("Unsqueeze", call.tensor("scores"), onnx.vector(0, 1));
    Value most = onnx.scalar(DataType.INT64, Integer.MAX_VALUE);
    Value threshold =
        onnx.constant("iou", DenseTensor.scalar((float) call.number("iou_threshold")));
    Value kept = onnx.add("NonMaxSuppression", boxes, scores, most, threshold);
    return onnx.add(
        NodeSpec.of("Gather").inputs(kept, onnx.scalar(DataType.INT64, 2)).attribute("axis", 1));
  }

  private static Value aligned(Call call, OnnxNodes onnx) {
    if (onnx.opset() > LAST_ALIGNING_OPSET) {
      throw new UnsupportedArgument(
          "after operator set %d, where ONNX Runtime cannot run it: lower --opset"
              .formatted(LAST_ALIGNING_OPSET));
    }
    Value regions = call.tensor("rois");
    Value image =
        onnx.add(
            NodeSpec.of("Gather")
                .inputs(regions, onnx.scalar(DataType.INT64, 0))
                .attribute("axis", 1));
    Value corners = onnx.add("Slice", regions, onnx.vector(1), onnx.vector(5), onnx.vector(1));
    return onnx.add(
        NodeSpec.of("RoiAlign")
            .inputs(call.tensor("input"), corners, onnx.castTo(image, DataType.INT64))
            .attribute("mode", Attribute.of("avg"))
            .attribute("output_height", call.integer("pooled_height"))
            .attribute("output_width", call.integer("pooled_width"))
            .attribute("sampling_ratio", Math.max(0, call.integer("sampling_ratio")))
            .attribute("spatial_scale", Attribute.of((float) call.number("spatial_scale")))
            .attribute(
                "coordinate_transformation_mode",
                Attribute.of(call.flag("aligned") ? "half_pixel" : "output_half_pixel")));
  }
}
