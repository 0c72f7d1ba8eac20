package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.List;
import java.util.Optional;

/// Random tensors of a stated shape, and draws from a distribution.
final class RandomRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Multinomial", "RandomNormal", "RandomUniform");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    if (context.node().is("Multinomial")) {
      Dim batch = context.shape(0).map(shape -> shape.dim(0)).orElseGet(Dim::unknown);
      Dim draws = Dim.of(context.node().intAttribute("sample_size", 1));
      return context.tensor(
          context.dataTypeAttribute("dtype", DataType.INT32),
          Optional.of(Shape.of(List.of(batch, draws))));
    }
    return context.tensor(
        context.dataTypeAttribute("dtype", DataType.FLOAT),
        context.node().intsAttribute("shape").map(Shape::of));
  }
}
