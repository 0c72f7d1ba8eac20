package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.List;

/// `DepthToSpace` and `SpaceToDepth` on `[N, C, H, W]`.
final class SpaceDepthRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("DepthToSpace", "SpaceToDepth");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    long block = context.node().intAttribute("blocksize", 1);
    boolean toSpace = context.node().is("DepthToSpace");
    return context.likeInput(
        input -> {
          if (input.rank() != 4) {
            throw new ImpossibleShape("an input of rank " + input.rank());
          }
          long perChannel = block * block;
          Dim channels = toSpace ? over(input.dim(1), perChannel) : times(input.dim(1), perChannel);
          Dim height = toSpace ? times(input.dim(2), block) : over(input.dim(2), block);
          Dim width = toSpace ? times(input.dim(3), block) : over(input.dim(3), block);
          return Shape.of(List.of(input.dim(0), channels, height, width));
        });
  }

  private static Dim times(Dim dim, long factor) {
    return DimArithmetic.map(dim, size -> size.times(factor));
  }

  private static Dim over(Dim dim, long divisor) {
    return DimArithmetic.map(dim, size -> size.floorDiv(divisor));
  }
}
