package dev.octet.transform.rules;

import dev.octet.ir.Attribute;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Constant weights and bias of a `Gemm` or of a `MatMul` of matrices, into which what is done to
/// each input or each output can be multiplied, in double, rounded once. A `MatMul` that gets a
/// bias becomes a `Gemm`.
final class LinearWeights {
  private final Node linear;
  private final DenseTensor weights;
  private final @Nullable DenseTensor bias;
  private final RewriteContext context;

  private LinearWeights(
      Node linear, DenseTensor weights, @Nullable DenseTensor bias, RewriteContext context) {
    this.linear = linear;
    this.weights = weights;
    this.bias = bias;
    this.context = context;
  }

  static boolean isLinear(Node node) {
    return node.is("Gemm") || node.is("MatMul");
  }

  /// Why nothing can be folded into a layer; `null` when something can.
  static @Nullable String obstacle(Node linear, RewriteContext context) {
    Optional<DenseTensor> weights = context.constantInput(linear, 1);
    Optional<DenseTensor> bias = context.constantInput(linear, 2);
    if (weights.isEmpty() || (linear.input(2).isPresent() && bias.isEmpty())) {
      return "weights or bias of " + linear.describe() + " are not constant";
    }
    boolean matrix =
        FloatTensors.supports(weights.get().dataType())
            && weights.get().dims().size() == 2
            && linear.input(0).flatMap(Value::shape).filter(s -> s.rank() == 2).isPresent()
            && linear.intAttribute("transA", 0) == 0;
    if (!matrix) {
      return linear.describe() + " does not multiply a matrix with a matrix of weights";
    }
    LinearWeights found = new LinearWeights(linear, weights.get(), bias.orElse(null), context);
    boolean perOutput =
        bias.isEmpty()
            || bias.get().elementCount() == 1
            || (bias.get().elementCount() == found.outputs()
                && bias.get().dims().getLast() == found.outputs());
    return perOutput ? null : "the bias of " + linear.describe() + " is not one for each output";
  }

  /// The weights of a layer without [#obstacle].
  static LinearWeights of(Node linear, RewriteContext context) {
    return new LinearWeights(
        linear,
        context.constantInput(linear, 1).orElseThrow(),
        context.constantInput(linear, 2).orElse(null),
        context);
  }

  int inputs() {
    return Math.toIntExact(weights.dims().get(transposed() ? 1 : 0));
  }

  int outputs() {
    return Math.toIntExact(weights.dims().get(transposed() ? 0 : 1));
  }

  /// Makes the layer yield `y·scale + shift` for each output.
  void foldOutputs(BatchNorm after) {
    double[] values = new double[inputs() * outputs()];
    double[] sums = new double[outputs()];
    for (int output = 0; output < outputs(); output++) {
      for (int input = 0; input < inputs(); input++) {
        int index = index(input, output);
        values[index] = weights.doubleAt(index) * after.scale()[output];
      }
      sums[output] = bias(output) * after.scale()[output] + after.shift()[output];
    }
    put(values, sums);
  }

  /// Makes the layer work on `x·scale + shift` of each input.
  void foldInputs(BatchNorm before) {
    double alpha = linear.floatAttribute("alpha", 1);
    double[] values = new double[inputs() * outputs()];
    double[] sums = new double[outputs()];
    for (int output = 0; output < outputs(); output++) {
      double added = 0;
      for (int input = 0; input < inputs(); input++) {
        int index = index(input, output);
        values[index] = weights.doubleAt(index) * before.scale()[input];
        added += weights.doubleAt(index) * before.shift()[input];
      }
      sums[output] = bias(output) + alpha * added;
    }
    put(values, sums);
  }

  /// Makes the layer work without the inputs of some channels.
  ///
  /// @param place how the input holds the channels, and what each holds
  void withoutInputs(ChannelCut cut, ChannelTrace.Place place) {
    double alpha = linear.floatAttribute("alpha", 1);
    double[] sums = new double[outputs()];
    for (int output = 0; output < outputs(); output++) {
      double added = 0;
      for (int channel : cut.gone().stream().toArray()) {
        for (int i = 0; i < place.repeat(); i++) {
          int index = index(channel * place.repeat() + i, output);
          added += weights.doubleAt(index) * place.constants()[channel];
        }
      }
      sums[output] = bias(output) + alpha * added;
    }
    put(cut.of(weights, transposed() ? 1 : 0, place.repeat()), sums);
  }

  private boolean transposed() {
    return linear.intAttribute("transB", 0) != 0;
  }

  private int index(int input, int output) {
    return transposed() ? output * inputs() + input : input * outputs() + output;
  }

  private double bias(int output) {
    if (bias == null) {
      return 0;
    }
    double beta = linear.floatAttribute("beta", 1);
    return beta * bias.doubleAt(bias.elementCount() == 1 ? 0 : output);
  }

  private void put(double[] values, double[] sums) {
    put(FloatTensors.of(weights.dataType(), weights.dims(), values), sums);
  }

  private void put(DenseTensor newWeights, double[] sums) {
    GraphEditor editor = context.editor();
    String hint = linear.input(1).orElseThrow().name().replaceAll("[._/]?weight$", "");
    Value factor = editor.addInitializer(linear.graph(), hint + ".weight", newWeights);
    Value added =
        editor.addInitializer(
            linear.graph(),
            hint + ".bias",
            FloatTensors.of(weights.dataType(), List.of((long) sums.length), sums));
    if (linear.is("Gemm")) {
      editor.setInput(linear, 1, factor);
      editor.setInput(linear, 2, added);
      if (linear.attributes().containsKey("beta")) {
        editor.setAttribute(linear, "beta", Attribute.of(1f));
      }
    } else {
      context.replace(
          linear,
          NodeSpec.of("Gemm")
              .named(linear.name())
              .inputs(linear.input(0).orElseThrow(), factor, added)
              .extraFields(linear.extraFields()));
    }
  }
}
