package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.Set;

/// The logarithm of the gamma function, by Lanczos' sum, and its derivative, by its asymptotic
/// series after eight steps up; below ½ by reflection.
final class GammaTranslator implements AtenTranslator {
  /// For a distance of seven.
  private static final double[] LANCZOS = {
    676.5203681218851,
    -1259.1392167224028,
    771.32342877765313,
    -176.61502916214059,
    12.507343278686905,
    -0.13857109526572012,
    9.9843695780195716e-6,
    1.5056327351493116e-7
  };

  private static final double LANCZOS_START = 0.99999999999980993;

  /// Of `1 / y²`, after `log y − 1 / 2y`.
  private static final double[] DIGAMMA = {
    0, -1 / 12.0, 1 / 120.0, -1 / 252.0, 1 / 240.0, -1 / 132.0, 691 / 32760.0, -1 / 12.0
  };

  private static final int STEPS = 8;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.lgamma",
        "aten.special_gammaln",
        "aten.digamma",
        "aten.special_digamma",
        "aten.special_psi",
        "aten.mvlgamma",
        "aten.special_multigammaln");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    Value x = Series.argument(call, onnx);
    return Series.result(
        call,
        onnx,
        switch (call.op()) {
          case "lgamma", "special_gammaln" -> logarithm(onnx, x);
          case "mvlgamma", "special_multigammaln" -> multivariate(call, onnx, x);
          default -> derivative(onnx, x);
        });
  }

  private static Value number(OnnxNodes onnx, double value) {
    return Series.number(onnx, value);
  }

  private static Value multivariate(Call call, OnnxNodes onnx, Value x) {
    long p = call.integer("p");
    Value sum = number(onnx, p * (p - 1) / 4.0 * Math.log(Math.PI));
    for (int i = 0; i < p; i++) {
      Value shifted = onnx.add("Sub", x, number(onnx, i / 2.0));
      sum = onnx.add("Add", sum, logarithm(onnx, shifted));
    }
    return sum;
  }

  private static Value low(OnnxNodes onnx, Value x) {
    return onnx.add("Less", x, number(onnx, 0.5));
  }

  private static Value reflected(OnnxNodes onnx, Value x) {
    Value other = onnx.add("Sub", number(onnx, 1), x);
    return onnx.add("Where", low(onnx, x), other, x);
  }

  /// Zero and the negative integers.
  private static Value isPole(OnnxNodes onnx, Value x) {
    Value whole = onnx.add("Equal", x, onnx.add("Floor", x));
    return onnx.add("And", whole, onnx.add("LessOrEqual", x, number(onnx, 0)));
  }

  // The distance from the next integer is taken first: sines of large angles lose digits.
  private static Value angle(OnnxNodes onnx, Value x) {
    return onnx.add("Mul", onnx.add("Sub", x, onnx.add("Round", x)), number(onnx, Math.PI));
  }

  private static Value logarithm(OnnxNodes onnx, Value x) {
    Value z = onnx.add("Sub", reflected(onnx, x), number(onnx, 1));
    double[] steps = new double[LANCZOS.length];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = i + 1;
    }
    Value series =
        onnx.add(
            "Div",
            onnx.numbers("lanczos", DataType.DOUBLE, LANCZOS, LANCZOS.length),
            onnx.add(
                "Add",
                onnx.add("Unsqueeze", z, onnx.vector(-1)),
                onnx.numbers("steps", DataType.DOUBLE, steps, steps.length)));
    Value sum = onnx.add("Add", summed(onnx, series), number(onnx, LANCZOS_START));
    Value t = onnx.add("Add", z, number(onnx, 7.5));
    Value power = onnx.add("Mul", onnx.add("Add", z, number(onnx, 0.5)), onnx.add("Log", t));
    Value constant = number(onnx, Math.log(2 * Math.PI) / 2);
    Value above =
        onnx.add("Add", onnx.add("Sub", power, t), onnx.add("Add", onnx.add("Log", sum), constant));
    Value sine = onnx.add("Abs", onnx.add("Sin", angle(onnx, x)));
    Value below =
        onnx.add("Sub", onnx.add("Log", onnx.add("Div", number(onnx, Math.PI), sine)), above);
    Value result = onnx.add("Where", low(onnx, x), below, above);
    return onnx.add("Where", isPole(onnx, x), number(onnx, Double.POSITIVE_INFINITY), result);
  }

  private static Value derivative(OnnxNodes onnx, Value x) {
    Value z = reflected(onnx, x);
    double[] steps = new double[STEPS];
    for (int i = 0; i < STEPS; i++) {
      steps[i] = i;
    }
    Value up =
        onnx.add(
            "Add",
            onnx.add("Unsqueeze", z, onnx.vector(-1)),
            onnx.numbers("steps", DataType.DOUBLE, steps, STEPS));
    Value taken = summed(onnx, onnx.add("Reciprocal", up));
    Value y = onnx.add("Add", z, number(onnx, STEPS));
    Value inverse = onnx.add("Reciprocal", y);
    Value series = Series.polynomial(onnx, onnx.add("Mul", inverse, inverse), DIGAMMA);
    Value half = onnx.add("Mul", inverse, number(onnx, 0.5));
    Value top = onnx.add("Add", onnx.add("Sub", onnx.add("Log", y), half), series);
    Value above = onnx.add("Sub", top, taken);
    Value angle = angle(onnx, x);
    Value cotangent = onnx.add("Div", onnx.add("Cos", angle), onnx.add("Sin", angle));
    Value below = onnx.add("Sub", above, onnx.add("Mul", cotangent, number(onnx, Math.PI)));
    Value result = onnx.add("Where", low(onnx, x), below, above);
    Value zero = onnx.add("Equal", x, number(onnx, 0));
    Value least = number(onnx, Double.NEGATIVE_INFINITY);
    Value pole = onnx.add("Where", zero, least, number(onnx, Double.NaN));
    return onnx.add("Where", isPole(onnx, x), pole, result);
  }

  private static Value summed(OnnxNodes onnx, Value terms) {
    return onnx.add(
        NodeSpec.of("ReduceSum").inputs(terms, onnx.vector(-1)).attribute("keepdims", 0));
  }
}
