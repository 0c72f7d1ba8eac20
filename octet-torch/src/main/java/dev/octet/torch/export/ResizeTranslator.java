package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Interpolation → `Resize`.
final class ResizeTranslator implements AtenTranslator {
  private static final int ANTIALIAS_OPSET = 18;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.upsample_nearest1d",
        "aten.upsample_nearest2d",
        "aten.upsample_nearest3d",
        "aten.upsample_linear1d",
        "aten.upsample_bilinear2d",
        "aten.upsample_trilinear3d",
        "aten.upsample_bicubic2d",
        "aten._upsample_nearest_exact1d",
        "aten._upsample_nearest_exact2d",
        "aten._upsample_nearest_exact3d",
        "aten._upsample_bilinear2d_aa",
        "aten._upsample_bicubic2d_aa");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    boolean nearest = call.op().contains("nearest");
    boolean cubic = call.op().contains("cubic");
    if (call.op().endsWith("_aa") && onnx.opset() < ANTIALIAS_OPSET) {
      return Translation.of(AntialiasedResize.of(call, onnx, cubic));
    }
    NodeSpec spec = NodeSpec.of("Resize");
    if (nearest) {
      boolean exact = call.op().contains("exact");
      spec =
          spec.attribute("mode", Attribute.of("nearest"))
              .attribute("nearest_mode", Attribute.of(exact ? "round_prefer_ceil" : "floor"))
              .attribute(
                  "coordinate_transformation_mode",
                  Attribute.of(exact ? "half_pixel" : "asymmetric"));
    } else {
      String coordinates = call.flag("align_corners") ? "align_corners" : "half_pixel";
      spec =
          spec.attribute("mode", Attribute.of(cubic ? "cubic" : "linear"))
              .attribute("coordinate_transformation_mode", Attribute.of(coordinates));
      boolean antialias = call.op().endsWith("_aa");
      // PyTorch's antialiasing follows Pillow, whose cubic differs.
      spec =
          cubic ? spec.attribute("cubic_coeff_a", Attribute.of(antialias ? -0.5f : -0.75f)) : spec;
      spec = antialias ? spec.attribute("antialias", 1).attribute("exclude_outside", 1) : spec;
    }
    String input = call.overload().equals("vec") ? "input" : "self";
    Value x = call.tensor(input);
    boolean byFactor =
        call.overload().equals("vec") && call.given("scale_factors") && !call.given("output_size");
    if (byFactor) {
      List<Double> factors = call.numbers("scale_factors");
      float[] scales = new float[factors.size() + 2];
      scales[0] = 1;
      scales[1] = 1;
      for (int i = 0; i < factors.size(); i++) {
        scales[i + 2] = (float) (double) factors.get(i);
      }
      Value scale = onnx.constant("scales", DenseTensor.ofFloats(scales, scales.length));
      return Translation.of(onnx.add(spec.inputs(x, null, scale)));
    }
    List<Size> sizes = new ArrayList<>();
    for (int axis = 0; axis < 2; axis++) {
      sizes.add(
          switch (call.meta(input).sizes().get(axis)) {
            case SymInt.Known(long value) -> Size.of(value);
            case SymInt.Expression expression -> onnx.dimension(x, axis, expression.text());
          });
    }
    sizes.addAll(call.sizes("output_size"));
    return Translation.of(onnx.add(spec.inputs(x, null, null, onnx.sizes(sizes))));
  }
}
