package dev.octet.lint;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A bias that does not fit 32-bit codes, whose scale is that of the input times that of the
/// weight: a tiny weight beside a large bias.
final class BiasOverflow implements LintRule {
  private static final double MOST = Integer.MAX_VALUE;

  /// Codes of an activation's range and of a symmetric weight's half range, 8 bits.
  private static final double ACTIVATION_STEPS = 255;

  private static final double WEIGHT_STEPS = 127;

  @Override
  public String name() {
    return "bias-overflow";
  }

  @Override
  public String description() {
    return "A bias is stored in 32-bit codes of scale input times weight; where the weight is tiny"
        + " and the bias is not, the codes end before the bias does, and it is cut off.";
  }

  @Override
  public Severity severity() {
    return Severity.WARNING;
  }

  @Override
  public List<Finding> check(LintSubject subject) {
    List<Finding> findings = new ArrayList<>();
    if (subject.isQuantized()) {
      subject.nodes().forEach(node -> saturated(node).ifPresent(findings::add));
    }
    for (LayerWeight weight : subject.weights()) {
      (weight.scales().isPresent() ? computed(weight) : predicted(weight)).ifPresent(findings::add);
    }
    return findings;
  }

  /// Codes at the very end of 32 bits were cut off there.
  private Optional<Finding> saturated(LintNode node) {
    Optional<Value> codes =
        switch (node.node().opType()) {
          case "QLinearConv" -> node.node().input(8);
          case "QGemm" -> node.node().input(6);
          case "DequantizeLinear" -> node.node().input(0);
          default -> Optional.empty();
        };
    Optional<DenseTensor> stored =
        codes
            .flatMap(LintSubject::constant)
            .filter(tensor -> tensor.dataType() == dev.octet.ir.DataType.INT32);
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    List<Integer> channels = new ArrayList<>();
    for (int i = 0; i < stored.get().elementCount(); i++) {
      long code = stored.get().longAt(i);
      if (code == Integer.MAX_VALUE || code <= -Integer.MAX_VALUE) {
        channels.add(i);
      }
    }
    return channels.isEmpty()
        ? Optional.empty()
        : Optional.of(
            at(
                Severity.ERROR,
                node,
                codes.get().name(),
                "the bias '%s' is cut off at the end of 32 bits in %s"
                    .formatted(
                        codes.get().name(), Channels.text(channels, stored.get().elementCount())),
                Fix.command("quantize", Fix.FLOAT_MODEL, "--data", Fix.DATA, "-o", Fix.RESULT)));
  }

  /// A float bias beside codes becomes codes when ONNX Runtime fuses the layer.
  private Optional<Finding> computed(LayerWeight weight) {
    Optional<Float> input =
        weight
            .node()
            .node()
            .input(0)
            .flatMap(Value::producer)
            .filter(node -> node.opType().equals("DequantizeLinear"))
            .flatMap(node -> LintSubject.constant(node, 1))
            .filter(scale -> scale.elementCount() == 1)
            .map(scale -> (float) scale.doubleAt(0));
    Optional<float[]> bias = weight.floatBias();
    if (input.isEmpty() || bias.isEmpty()) {
      return Optional.empty();
    }
    float[] scales = weight.scales().orElseThrow();
    List<Integer> channels = new ArrayList<>();
    for (int i = 0; i < bias.get().length; i++) {
      double scale = (double) input.get() * scales[scales.length == 1 ? 0 : i];
      if (Math.abs(bias.get()[i]) / scale > MOST) {
        channels.add(i);
      }
    }
    return channels.isEmpty()
        ? Optional.empty()
        : Optional.of(
            at(
                Severity.ERROR,
                weight.node(),
                weight.holder().name(),
                "its bias divided by the scales of input and weight exceeds 32 bits in "
                    + Channels.text(channels, weight.channels()),
                Fix.command("quantize", Fix.FLOAT_MODEL, "--data", Fix.DATA, "-o", Fix.RESULT)));
  }

  /// In a float model the input's scale is not known yet: the finding says up to which range of the
  /// input the bias would not fit, when that is a range activations have.
  private Optional<Finding> predicted(LayerWeight weight) {
    Optional<float[]> bias = weight.floatBias();
    if (bias.isEmpty()) {
      return Optional.empty();
    }
    double span = knownSpan(weight.node().node());
    double worst = 0;
    List<Integer> channels = new ArrayList<>();
    for (int i = 0; i < bias.get().length; i++) {
      double largest = weight.largest()[i];
      // A channel of zeros has no scale that a bias could overflow.
      double fits =
          largest == 0
              ? 0
              : Math.abs(bias.get()[i]) * ACTIVATION_STEPS * WEIGHT_STEPS / largest / MOST;
      if (fits > span) {
        channels.add(i);
        worst = Math.max(worst, fits);
      }
    }
    return channels.isEmpty()
        ? Optional.empty()
        : Optional.of(
            at(
                weight.node(),
                weight.holder().name(),
                String.format(
                    Locale.ROOT,
                    "quantized per channel, its bias exceeds 32 bits in %s, unless its input spans"
                        + " more than %.3g",
                    Channels.text(channels, weight.channels()),
                    worst),
                Fix.command("quantize", Fix.MODEL, "--data", Fix.DATA, "-o", Fix.RESULT)));
  }

  /// How far the input of a layer reaches: what its producer guarantees, else 1.
  private static double knownSpan(Node layer) {
    Optional<Node> before = layer.input(0).flatMap(Value::producer);
    return before
        .map(
            node ->
                switch (node.opType()) {
                  case "Tanh" -> 2.0;
                  case "Clip" -> 6.0;
                  default -> 1.0;
                })
        .orElse(1.0);
  }
}
