package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.testkit.RewriteAssertions;
import dev.octet.testkit.SharedData;
import dev.octet.testkit.Tolerance;
import dev.octet.transform.Pass;
import dev.octet.transform.Pipeline;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PruneDeadChannelsTest {
  private static final String DEAD =
      "float[3,2,1] w = {1, 2, 0, 0, 3, 4}, float[3] b = {0.5, %s, -1}";

  private final RuleTrial rule = RuleTrial.of(new PruneDeadChannels());

  @Test
  void whatAChannelHoldsBecomesPartOfTheNextBias() {
    rule.turns(
        """
        g (float[N,2,4] x) => (y)
        <float[3,2,1] w = {1, 2, 0, 0, 3, 4}, float[3] b = {0.5, 2, -1},
         float[1,3,2] v = {1, 1, 10, 20, 1, 1}, float[1] c = {5}> {
          h = Conv (x, w, b)
          r = Relu (h)
          y = Conv (r, v, c)
        }
        """,
        """
        g (float[N,2,4] x) => (y)
        <float[2,2,1] w = {1, 2, 3, 4}, float[2] b = {0.5, -1},
         float[1,2,2] v = {1, 1, 1, 1}, float[1] c = {65}> {
          h = Conv (x, w, b)
          r = Relu (h)
          y = Conv (r, v, c)
        }
        """);
  }

  /// A bias below zero is zero behind a Relu, and so is what the next layer lays around it.
  @Test
  void zerosGoThroughPadding() {
    rule.turns(
        """
        g (float[N,2,4] x) => (y)
        <float[3,2,1] w = {1, 2, 0, 0, 3, 4}, float[3] b = {0.5, -2, -1}, float[1,3,1] v = {1, 9, 1}> {
          h = Conv (x, w, b)
          r = Relu (h)
          y = Conv <pads = [1, 1]> (r, v)
        }
        """,
        """
        g (float[N,2,4] x) => (y)
        <float[2,2,1] w = {1, 2, 3, 4}, float[2] b = {0.5, -1}, float[1,2,1] v = {1, 1}> {
          h = Conv (x, w, b)
          r = Relu (h)
          y = Conv <pads = [1, 1]> (r, v)
        }
        """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Abs",
        "Clip",
        "Elu",
        "HardSigmoid",
        "HardSwish",
        "Identity",
        "LeakyRelu",
        "Neg",
        "Relu",
        "Sigmoid",
        "Softplus",
        "Swish",
        "Tanh",
      })
  void elementwiseNodesKeepChannelsApart(String operator) {
    String way =
        switch (operator) {
          case "Clip" -> "r = Clip (h, low, high)";
          case "Swish" -> "s = Sigmoid (h)\n r = Mul (s, h)";
          default -> "r = " + operator + " (h)";
        };
    for (String bias : new String[] {"2", "-0.7", "0"}) {
      assertThat(layers(model(bias, way, "y = Conv (r, v)"))).containsExactly("[2, 2, 1]");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "r = Add (h, each)",
        "r = Sub (each, h)",
        "r = Mul (h, one)",
        "r = Div (h, each)",
        "k = Max (h, one)\\n r = Min (k, each)",
        "a = Relu (h)\\n c = Tanh (a)\\n r = Add (a, c)",
        "r = MaxPool <kernel_shape = [2], pads = [1, 1]> (h)",
        "r = AveragePool <kernel_shape = [2], pads = [1, 1]> (h)",
        "r = GlobalAveragePool (h)",
        "r = GlobalMaxPool (h)",
        "r = ReduceMean <axes = [2]> (h)",
      })
  void otherNodesDoToo(String way) {
    assertThat(layers(model("2", way.replace("\\n", "\n"), "y = Conv (r, v)")))
        .containsExactly("[2, 2, 1]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "f = Flatten (h)\\n y = Gemm (f, m)",
        "f = Reshape (h, flat)\\n y = Gemm <transB = 1, alpha = 2.0, beta = 3.0> (f, t, u)",
        "f = Reshape (h, open)\\n y = MatMul (f, m)",
      })
  void flattenedChannelsAreBlocksOfInputs(String way) {
    assertThat(layers(model("2", "r = Relu (h)", way.replace("\\n", "\n"))))
        .containsExactly("[2, 2, 1]");
  }

  @Test
  void layersOfMatricesLoseOutputsToo() {
    String text =
        """
        g (float[N,2] x) => (y)
        <float[2,3] w = {1, 0, 2, 3, 0, 4}, float[3,2] v = {1, 2, 3, 4, 5, 6}, float[3] b = {1, 2, 3}> {
          h = %s
          r = Relu (h)
          y = MatMul (r, v)
        }
        """;
    for (String layer : new String[] {"MatMul (x, w)", "Gemm <beta = 0.5> (x, w, b)"}) {
      assertThat(layers(text.formatted(layer))).containsExactly("[2, 2]");
    }
  }

  @Test
  void severalReadersAllLoseTheChannel() {
    assertThat(
            layers(
                model("2", "r = Relu (h)", "p = Conv (r, v)\n q = Conv (h, v)\n y = Add (p, q)")))
        .containsExactly("[2, 2, 1]");
  }

  @Test
  void oneChannelStays() {
    Model model =
        rule.after(
            """
            g (float[N,2,4] x) => (y)
            <float[2,2,1] w = {0, 0, 0, 0}, float[2] b = {1, 2}, float[1,2,1] v = {1, 9}> {
              h = Conv (x, w, b)
              y = Conv (h, v)
            }
            """);
    assertThat(model.graph().nodes().getFirst().input(1).flatMap(Value::shape))
        .contains(Shape.of(1, 2, 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "y = Conv <pads = [1, 1]> (h, v) | lays zeros around what they hold",
        "r = AveragePool <kernel_shape = [2], pads = [1, 1], count_include_pad = 1> (h)\\n"
            + " y = Conv (r, v) | lays zeros around what they hold",
        "y = Relu (h) | 'y' is a graph output",
        "r = Add (h, other)\\n y = Conv (r, v) | go on through Add",
        "r = Erf (h)\\n y = Conv (r, v) | go on through Erf",
        "r = Transpose <perm = [0, 2, 1]> (h)\\n y = Neg (r) | go on through Transpose",
        "y = Conv <group = 3> (h, grouped) | go on through Conv",
        "y = Conv (h, computed) | are not constant",
      })
  void whatStandsInTheWayIsNamed(String way, String reason) {
    rule.declines(model("2", "", way.replace("\\n", "\n")), reason);
  }

  @Test
  void groupsStayAlike() {
    rule.declines(
        """
        g (float[N,2,4] x) => (y) <float[4,1,1] w = {1, 0, 1, 1}, float[1,4,1] v = {1, 2, 3, 4}> {
          h = Conv <group = 2> (x, w)
          y = Conv (h, v)
        }
        """,
        "in groups");
  }

  @Test
  void layersWithoutDeadChannelsAreLeftAlone() {
    rule.ignores(
        "g (float[N,1,4] x) => (y) <float[1,1,1] w = {2}> { h = Conv (x, w)\n y = Conv (h, w) }");
  }

  /// Every third channel of every layer of a trained model made dead.
  @Test
  void aTrainedModelComputesTheSameWithout() {
    Model model = ModelReader.read(SharedData.model("cifar_imageclassifier.onnx")).copy();
    ShapeInference.infer(model);
    Pipeline.of(Pass.of(new ConstantToInitializer())).run(model);
    model.edit(
        editor ->
            model.graph().nodes().stream()
                .filter(node -> node.is("Conv"))
                .forEach(
                    conv ->
                        editor.setInitializer(
                            model.graph(),
                            conv.input(1).orElseThrow(),
                            withDeadRows(conv.input(1).orElseThrow()),
                            OpaqueFields.NONE)));
    Model pruned = model.copy();
    Pipeline.of(Pass.of(new PruneDeadChannels()), Pass.of(new RemoveUnused())).run(pruned);
    RewriteAssertions.assertSameOutputs(model, pruned, Tolerance.FLOAT32);
    assertThat(weights(pruned)).isLessThan(weights(model) * 3 / 4);
  }

  private static DenseTensor withDeadRows(Value weight) {
    DenseTensor tensor = (DenseTensor) weight.initializer().orElseThrow();
    float[] values = new float[Math.toIntExact(tensor.elementCount())];
    int row = Math.toIntExact(values.length / tensor.dims().get(0));
    for (int i = 0; i < values.length; i++) {
      values[i] = i / row % 3 == 1 ? 0 : (float) tensor.doubleAt(i);
    }
    return DenseTensor.ofFloats(
        values, tensor.dims().stream().mapToLong(Long::longValue).toArray());
  }

  private static long weights(Model model) {
    return model.graph().initializers().stream()
        .mapToLong(value -> value.initializer().orElseThrow().byteSize())
        .sum();
  }

  private static String model(String bias, String way, String end) {
    return """
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[N,2,4] x, float[1,3,4] other, float[1,3,1] computed) => (y)
    <%s, float[1,3,1] v = {1, 9, 2}, float[3,1,1] grouped = {1, 2, 3}, float[3,1] each = {3, 5, 2},
     float[1] one = {1.5}, float low = {-0.5}, float high = {1.5}, int64[2] flat = {-1, 12},
     int64[2] open = {0, -1}, float[1] u = {2},
     float[12,1] m = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
     float[1,12] t = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}> {
      h = Conv (x, w, b)
      %s
      %s
    }
    """
        .formatted(DEAD.formatted(bias), way, end);
  }

  /// The weights of the first layer afterwards; results are the same.
  private String[] layers(String text) {
    Model model =
        RewriteAssertions.assertRewriteKeepsOutputs(
            before -> {
              ShapeInference.infer(before);
              Pipeline.of(Pass.of(new PruneDeadChannels()), Pass.of(new RemoveUnused()))
                  .run(before);
            },
            text,
            Tolerance.FLOAT32);
    return model.graph().nodes().stream()
        .limit(1)
        .map(node -> node.input(1).flatMap(Value::shape).orElseThrow().sizes())
        .map(Arrays::toString)
        .toArray(String[]::new);
  }
}
