package dev.octet.ir.shape;

import dev.octet.ir.Shape;
import java.util.List;

/// `Flatten`: a matrix of the axes before and from `axis` on.
final class FlattenRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Flatten");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    return context.likeInput(
        input -> {
          long stated = context.node().intAttribute("axis", 1);
          int axis =
              stated == input.rank()
                  ? input.rank()
                  : context.axis(stated, Math.max(1, input.rank()));
          return Shape.of(
              List.of(
                  DimArithmetic.productDim(input.dims().subList(0, axis)),
                  DimArithmetic.productDim(input.dims().subList(axis, input.rank()))));
        });
  }
}
