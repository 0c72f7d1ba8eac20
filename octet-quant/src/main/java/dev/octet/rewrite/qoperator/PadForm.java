package dev.octet.rewrite.qoperator;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.List;
import java.util.Optional;

/// `Pad` on codes. A constant is padded as its code: that of zero is the zero point, which is not
/// what an integer `Pad` assumes by default.
final class PadForm implements IntegerForm {
  /// Until then the number to pad with is a float attribute.
  private static final int CONSTANT_AS_INPUT = 11;

  @Override
  public List<String> opTypes() {
    return List.of("Pad");
  }

  @Override
  public Optional<Folded> write(CodedNode coded) {
    Node node = coded.node();
    if (coded.opset() < CONSTANT_AS_INPUT) {
      return Optional.empty();
    }
    Optional<Folded> moved = Movements.write(coded).map(Folded.class::cast);
    if (moved.isEmpty() || !node.stringAttribute("mode", "constant").equals("constant")) {
      return moved;
    }
    Codes data = coded.input(0).orElseThrow();
    Optional<Value> padding = padding(coded, data);
    if (padding.isEmpty()) {
      return Optional.empty();
    }
    var inputs = coded.inputsWith(0, data.codes());
    while (inputs.size() <= 2) {
      inputs.add(null);
    }
    inputs.set(2, padding.get());
    return Optional.of(Folded.same(node, inputs));
  }

  /// The code to pad with.
  private static Optional<Value> padding(CodedNode coded, Codes data) {
    Optional<Value> stated = coded.node().input(2);
    if (stated.isEmpty()) {
      return Optional.of(coded.zeroPoint(data));
    }
    Optional<Codes> quantized = coded.input(2);
    if (quantized.isPresent()) {
      return quantized.filter(data::sameGridAs).map(Codes::codes);
    }
    Optional<DenseTensor> number = Codes.constant(stated.get());
    if (number.isEmpty() || number.get().elementCount() != 1) {
      return Optional.empty();
    }
    double code =
        Math.rint((float) number.get().doubleAt(0) / data.oneScale()) + data.oneZeroPoint();
    byte[] clipped = {
      (byte)
          (data.type() == dev.octet.ir.DataType.UINT8
              ? Math.clamp(code, 0, 255)
              : Math.clamp(code, -128, 127))
    };
    return Optional.of(
        coded.newConstant(
            stated.get().name() + "_quantized", DenseTensor.ofBytes(data.type(), clipped)));
  }
}
