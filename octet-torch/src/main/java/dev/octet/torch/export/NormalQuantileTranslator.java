package dev.octet.torch.export;

import dev.octet.ir.Value;
import java.util.Set;

/// The inverse of the normal distribution and of the error function → Wichura's rational functions
/// (algorithm AS 241).
final class NormalQuantileTranslator implements AtenTranslator {
  private static final double[] MIDDLE_ABOVE = {
    3.3871328727963666080e0,
    1.3314166789178437745e+2,
    1.9715909503065514427e+3,
    1.3731693765509461125e+4,
    4.5921953931549871457e+4,
    6.7265770927008700853e+4,
    3.3430575583588128105e+4,
    2.5090809287301226727e+3
  };

  private static final double[] MIDDLE_BELOW = {
    1,
    4.2313330701600911252e+1,
    6.8718700749205790830e+2,
    5.3941960214247511077e+3,
    2.1213794301586595867e+4,
    3.9307895800092710610e+4,
    2.8729085735721942674e+4,
    5.2264952788528545610e+3
  };

  private static final double[] TAIL_ABOVE = {
    1.42343711074968357734e0,
    4.63033784615654529590e0,
    5.76949722146069140550e0,
    3.64784832476320460504e0,
    1.27045825245236838258e0,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4
  };

  private static final double[] TAIL_BELOW = {
    1,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9
  };

  private static final double[] END_ABOVE = {
    6.65790464350110377720e0,
    5.46378491116411436990e0,
    1.78482653991729133580e0,
    2.96560571828504891230e-1,
    2.65321895265761230930e-2,
    1.24266094738807843860e-3,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7
  };

  private static final double[] END_BELOW = {
    1,
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15
  };

  @Override
  public Set<String> operators() {
    return Set.of("aten.erfinv", "aten.special_erfinv", "aten.special_ndtri");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    Value x = Series.argument(call, onnx);
    boolean probability = call.op().endsWith("ndtri");
    Value half = Series.number(onnx, 0.5);
    Value one = Series.number(onnx, 1);
    // What is left to the nearer end is taken from the argument itself: near zero, the distance
    // from the middle has no digits for it.
    if (probability) {
      Value left = onnx.add("Min", x, onnx.add("Sub", one, x));
      return Series.result(call, onnx, quantile(onnx, onnx.add("Sub", x, half), left));
    }
    Value left = onnx.add("Mul", onnx.add("Sub", one, onnx.add("Abs", x)), half);
    Value quantile = quantile(onnx, onnx.add("Mul", x, half), left);
    return Series.result(
        call, onnx, onnx.add("Mul", quantile, Series.number(onnx, Math.sqrt(0.5))));
  }

  /// @param q the probability's distance from the middle
  /// @param left its distance from the nearer end
  private static Value quantile(OnnxNodes onnx, Value q, Value left) {
    Value r = onnx.add("Sub", Series.number(onnx, 0.180625), onnx.add("Mul", q, q));
    Value middle = onnx.add("Mul", q, ratio(onnx, r, MIDDLE_ABOVE, MIDDLE_BELOW));
    Value far = onnx.add("Sqrt", onnx.add("Neg", onnx.add("Log", left)));
    Value tail =
        ratio(onnx, onnx.add("Sub", far, Series.number(onnx, 1.6)), TAIL_ABOVE, TAIL_BELOW);
    Value end = ratio(onnx, onnx.add("Sub", far, Series.number(onnx, 5)), END_ABOVE, END_BELOW);
    Value outer =
        onnx.add("Where", onnx.add("LessOrEqual", far, Series.number(onnx, 5)), tail, end);
    Value bounded =
        onnx.add(
            "Where",
            onnx.add("Equal", left, Series.number(onnx, 0)),
            Series.number(onnx, Double.POSITIVE_INFINITY),
            outer);
    Value signed = onnx.add("Mul", bounded, onnx.add("Sign", q));
    Value near = onnx.add("LessOrEqual", onnx.add("Abs", q), Series.number(onnx, 0.425));
    return onnx.add("Where", near, middle, signed);
  }

  private static Value ratio(OnnxNodes onnx, Value x, double[] above, double[] below) {
    return onnx.add("Div", Series.polynomial(onnx, x, above), Series.polynomial(onnx, x, below));
  }
}
