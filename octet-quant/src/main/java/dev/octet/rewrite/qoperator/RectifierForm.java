package dev.octet.rewrite.qoperator;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import java.util.List;
import java.util.Optional;

/// `Relu` and `Clip` of codes that saturate at the same bounds: they change nothing.
final class RectifierForm implements IntegerForm {
  /// Rounding a zero point moves the ends of a grid by half a step, and the range may be short of
  /// the bounds by the rounding of its scale.
  private static final double SLACK = 0.51;

  @Override
  public List<String> opTypes() {
    return List.of("Relu", "Clip");
  }

  @Override
  public Optional<Folded> write(CodedNode coded) {
    Node node = coded.node();
    Optional<Codes> data = coded.activation(0);
    if (data.isEmpty() || coded.result(0).filter(data.get()::sameGridAs).isEmpty()) {
      return Optional.empty();
    }
    Optional<Float> low = node.is("Relu") ? Optional.of(0f) : bound(node, "min", 1, -1);
    Optional<Float> high =
        node.is("Relu") ? Optional.of(Float.POSITIVE_INFINITY) : bound(node, "max", 2, 1);
    return low.isPresent() && high.isPresent() && saturates(data.get(), low.get(), high.get())
        ? Optional.of(new Nothing(data.get().codes()))
        : Optional.empty();
  }

  private static boolean saturates(Codes codes, float low, float high) {
    int least = codes.type() == DataType.INT8 ? Byte.MIN_VALUE : 0;
    return code(codes, low) <= least + SLACK && code(codes, high) >= least + 255 - SLACK;
  }

  private static double code(Codes codes, float number) {
    return (double) number / codes.oneScale() + codes.oneZeroPoint();
  }

  /// A bound of a `Clip`, infinite where it is left out; empty where it is computed.
  private static Optional<Float> bound(Node node, String attribute, int input, int sign) {
    if (node.attributes().containsKey(attribute)) {
      return Optional.of(node.floatAttribute(attribute, 0f));
    }
    if (node.input(input).isEmpty()) {
      return Optional.of(sign * Float.POSITIVE_INFINITY);
    }
    return node.input(input)
        .flatMap(Codes::constant)
        .filter(tensor -> tensor.dataType() == DataType.FLOAT && tensor.elementCount() == 1)
        .map((DenseTensor tensor) -> (float) tensor.doubleAt(0));
  }
}
