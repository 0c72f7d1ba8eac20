package dev.octet.ir.shape;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `Resize` and its forerunner `Upsample`: target sizes, or scales by which sizes are multiplied
/// and rounded down.
final class ResizeRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Resize", "Upsample");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    // Opset 10 and Upsample: (data, scales); from 11 on: (data, roi, scales, sizes).
    boolean old = context.node().is("Upsample") || context.opset() < 11;
    int scalesInput = old ? 1 : 2;
    Optional<KnownIntegers> sizes = old ? Optional.empty() : context.integers(3);
    Optional<float[]> scales = scales(context, scalesInput);
    long[] axes = context.node().intsAttribute("axes").orElse(null);
    boolean keepsRatio =
        !context.node().stringAttribute("keep_aspect_ratio_policy", "stretch").equals("stretch");
    return context.likeInput(
        input -> {
          List<Dim> dims = new ArrayList<>(input.dims());
          int count = axes == null ? dims.size() : axes.length;
          for (int i = 0; i < count; i++) {
            int axis = axes == null ? i : context.axis(axes[i], dims.size());
            if (sizes.isPresent() && sizes.get().size() == count) {
              dims.set(axis, keepsRatio ? Dim.unknown() : sizes.get().dims().get(i));
            } else if (scales.isPresent() && scales.get().length == count) {
              dims.set(axis, scaled(dims.get(axis), scales.get()[i]));
            } else {
              dims.set(axis, Dim.unknown());
            }
          }
          return Shape.of(dims);
        });
  }

  private static Optional<float[]> scales(ShapeContext context, int input) {
    if (context.has(input)) {
      return context.constant(input).map(DenseTensor::toFloatArray);
    }
    return context.node().attributes().get("scales")
            instanceof dev.octet.ir.Attribute.OfFloats(List<Float> values)
        ? Optional.of(floats(values))
        : Optional.empty();
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }

  private static Dim scaled(Dim dim, float scale) {
    if (dim instanceof Dim.Known(long size)) {
      return Dim.of((long) Math.floor(size * scale));
    }
    boolean whole = scale == Math.rint(scale);
    return whole ? DimArithmetic.map(dim, size -> size.times((long) scale)) : Dim.unknown();
  }
}
