package dev.octet.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.plan.QuantizationScheme;
import dev.octet.rewrite.M5Quantized;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each rule on the smallest model it is about, and on the same model made right.
class StandardRulesTest {
  enum Case {
    OPSET_TOO_NEW(
        "runtime-too-old",
        "",
        "takes 20 at most",
        "<ir_version: 9, opset_import: [\"\" : 21]> g (float[2] x) => (y) { y = Relu (x) }",
        "<ir_version: 9, opset_import: [\"\" : 20]> g (float[2] x) => (y) { y = Relu (x) }"),
    FORMAT_TOO_NEW(
        "runtime-too-old",
        "",
        "format (IR) version 10",
        "<ir_version: 10, opset_import: [\"\" : 20]> g (float[2] x) => (y) { y = Relu (x) }",
        "<ir_version: 9, opset_import: [\"\" : 20]> g (float[2] x) => (y) { y = Relu (x) }"),
    BATCH_IN_RESHAPE(
        "baked-dimension",
        "flat",
        "'N' only",
        """
        g (float[N,2,3] x) => (y) <int64[2] shape = {1, 6}> { [flat] y = Reshape (x, shape) }
        """,
        """
        g (float[N,2,3] x) => (y) <int64[2] shape = {-1, 6}> { [flat] y = Reshape (x, shape) }
        """),
    BATCH_MIXED_INTO_ANOTHER(
        "baked-dimension",
        "flat",
        "'N' ends up in another one",
        """
        g (float[N,2,3] x) => (y) <int64[2] shape = {1, -1}> { [flat] y = Reshape (x, shape) }
        """,
        """
        g (float[N,2,3] x) => (y) <int64[4] shape = {1, -1, 2, 3}> { [flat] y = Reshape (x, shape) }
        """),
    BATCH_IN_COMPUTED_SHAPE(
        "baked-dimension",
        "flat",
        "'N' only",
        """
        g (float[N,2,3] x) => (y) <int64[1] one = {1}, int64[1] six = {6}> {
          shape = Concat <axis = 0> (one, six)
          [flat] y = Reshape (x, shape)
        }
        """,
        """
        g (float[N,2,3] x) => (y) <int64[1] zero = {0}, int64[1] six = {6}> {
          shape = Concat <axis = 0> (zero, six)
          [flat] y = Reshape (x, shape)
        }
        """),
    BATCH_IN_RESIZE(
        "baked-dimension",
        "up",
        "to 1 in the dimension 'N'",
        """
        g (float[N,1,2,2] x) => (y) <int64[4] sizes = {1, 1, 4, 4}> {
          [up] y = Resize (x, "", "", sizes)
        }
        """,
        """
        g (float[N,1,2,2] x) => (y) <float[4] scales = {1, 1, 2, 2}> {
          [up] y = Resize (x, "", scales)
        }
        """),
    BATCH_IN_INITIAL_STATE(
        "baked-dimension",
        "rnn",
        "constant state",
        """
        g (float[3,N,1] x, float[1,4,1] w, float[1,4,1] r) => (y) <float[1,1,1] h = {0}> {
          [rnn] y = LSTM <hidden_size = 1> (x, w, r, "", "", h)
        }
        """,
        """
        g (float[3,1,1] x, float[1,4,1] w, float[1,4,1] r) => (y) <float[1,1,1] h = {0}> {
          [rnn] y = LSTM <hidden_size = 1> (x, w, r, "", "", h)
        }
        """),
    COMPUTED_WEIGHT(
        "dynamic-kernel",
        "conv",
        "computed in every run",
        """
        g (float[1,1,4] x, float[1,1,1] w) => (y) {
          twice = Add (w, w)
          [conv] y = Conv (x, twice)
        }
        """,
        """
        g (float[1,1,4] x) => (y) <float[1,1,1] w = {1}> { [conv] y = Conv (x, w) }
        """),
    REPLACEABLE_WEIGHT(
        "dynamic-kernel",
        "conv",
        "a caller could replace",
        "g (float[1,1,4] x, float[1,1,1] w = {1}) => (y) { [conv] y = Conv (x, w) }",
        "g (float[1,1,4] x) => (y) <float[1,1,1] w = {1}> { [conv] y = Conv (x, w) }"),
    WEIGHT_FROM_THE_CALLER(
        "dynamic-kernel",
        "conv",
        "an input that every caller gives",
        "g (float[1,1,4] x, float[1,1,1] w) => (y) { [conv] y = Conv (x, w) }",
        """
        g (uint8[1,1,4] x, float[1,1,1] w) => (y) <float s = {0.1}> {
          a = DequantizeLinear (x, s)
          [conv] y = Conv (a, w)
        }
        """),
    WEIGHT_QUANTIZED_IN_EVERY_RUN(
        "dynamic-kernel",
        "q",
        "'w' is stored in float",
        """
        g (float[1,1,4] x) => (y) <float[1,1,1] w = {1}, float s = {0.1}, int8 z = {0}> {
          [q] codes = QuantizeLinear (w, s, z)
          back = DequantizeLinear (codes, s, z)
          y = Conv (x, back)
        }
        """,
        """
        g (float[1,1,4] x) => (y) <int8[1,1,1] w = {1}, float s = {0.1}, int8 z = {0}> {
          back = DequantizeLinear (w, s, z)
          y = Conv (x, back)
        }
        """),
    RANGE_IN_EVERY_RUN(
        "run-time-quantization",
        "q",
        "in every run",
        "g (float[4] x) => (y) { [q] c, s, z = DynamicQuantizeLinear (x) y = DequantizeLinear (c,"
            + " s, z) }",
        "g (float[4] x) => (y) { y = Relu (x) }"),
    BATCH_NORM(
        "unfolded-batch-norm",
        "bn",
        "Conv 'conv'",
        """
        g (float[1,1,4] x) => (y) <float[1,1,1] w = {1}, float[1] one = {1}, float[1] zero = {0}> {
          [conv] a = Conv (x, w)
          [bn] y = BatchNormalization (a, one, zero, zero, one)
        }
        """,
        """
        g (float[1,1,4] x) => (a, y) <float[1,1,1] w = {1}, float[1] one = {1}, float[1] zero = {0}> {
          [conv] a = Conv (x, w)
          [bn] y = BatchNormalization (a, one, zero, zero, one)
        }
        """),
    BATCH_NORM_OF_CONSTANTS(
        "unfolded-batch-norm",
        "bn",
        "Conv 'conv'",
        """
        g (float[1,1,4] x, float[1] s) => (y) <float[1,1,1] w = {1}, float[1] one = {1}> {
          [conv] a = Conv (x, w)
          [bn] y = BatchNormalization (a, one, one, one, one)
        }
        """,
        """
        g (float[1,1,4] x, float[1] s) => (y) <float[1,1,1] w = {1}, float[1] one = {1}> {
          [conv] a = Conv (x, w)
          [bn] y = BatchNormalization (a, s, one, one, one)
        }
        """),
    NO_SCALES_PER_CHANNEL(
        "old-opset",
        "",
        "opset 11",
        "<ir_version: 7, opset_import: [\"\" : 11]> g (float[1,1,4] x) => (y) <float[1,1,1] w ="
            + " {1}> { y = Conv (x, w) }",
        "<ir_version: 7, opset_import: [\"\" : 13]> g (float[1,1,4] x) => (y) <float[1,1,1] w ="
            + " {1}> { y = Conv (x, w) }"),
    NO_KERNEL(
        "no-integer-kernel",
        "t",
        "no integer kernel for Tanh",
        "g (float[4] x) => (y) { [t] y = Tanh (x) }",
        "g (float[4] x) => (y) { [t] y = Sigmoid (x) }"),
    NO_KERNEL_YET(
        "no-integer-kernel",
        "pool",
        "from opset 12 on",
        "<ir_version: 7, opset_import: [\"\" : 11]> g (float[1,1,4] x) => (y) { [pool] y = MaxPool"
            + " <kernel_shape = [2]> (x) }",
        "<ir_version: 7, opset_import: [\"\" : 12]> g (float[1,1,4] x) => (y) { [pool] y = MaxPool"
            + " <kernel_shape = [2]> (x) }"),
    NO_KERNEL_BETWEEN_CODES(
        "no-integer-kernel",
        "t",
        "in vain",
        """
        g (uint8[4] x) => (y) <float s = {0.1}> {
          a = DequantizeLinear (x, s)
          [t] b = Tanh (a)
          y = QuantizeLinear (b, s)
        }
        """,
        """
        g (uint8[4] x) => (y) <float s = {0.1}> {
          a = DequantizeLinear (x, s)
          [t] b = Sigmoid (a)
          y = QuantizeLinear (b, s)
        }
        """),
    CODES_NOBODY_COMPUTES_ON(
        "no-integer-kernel",
        "t",
        "in vain",
        """
        g (uint8[2,2] x) => (y) <float s = {0.1}, uint8[2,2] w = {1, 2, 3, 4}> {
          a = DequantizeLinear (x, s)
          [t] b = Tanh (a)
          c = QuantizeLinear (b, s)
          y = DequantizeLinear (c, s)
        }
        """,
        """
        g (uint8[2,2] x) => (y) <float s = {0.1}, uint8[2,2] w = {1, 2, 3, 4}> {
          a = DequantizeLinear (x, s)
          [t] b = Tanh (a)
          c = QuantizeLinear (b, s)
          d = DequantizeLinear (c, s)
          v = DequantizeLinear (w, s)
          y = MatMul (d, v)
        }
        """),
    FLOAT_WEIGHT(
        "float-island",
        "conv",
        "weight is stored in float",
        """
        g (uint8[1,1,4] x) => (y) <float s = {0.1}, float[1,1,1] w = {1}> {
          a = DequantizeLinear (x, s)
          [conv] b = Conv (a, w)
          y = QuantizeLinear (b, s)
        }
        """,
        """
        g (uint8[1,1,4] x) => (y) <float s = {0.1}, int8[1,1,1] w = {1}> {
          a = DequantizeLinear (x, s)
          back = DequantizeLinear (w, s)
          [conv] b = Conv (a, back)
          positive = Relu (b)
          y = QuantizeLinear (positive, s)
        }
        """),
    QUANTIZER_MISSING(
        "float-island",
        "conv",
        "(Conv, MaxPool)",
        """
        g (uint8[1,1,4] x) => (y) <float s = {0.1}, int8[1,1,1] w = {1}> {
          a = DequantizeLinear (x, s)
          back = DequantizeLinear (w, s)
          [conv] b = Conv (a, back)
          pooled = MaxPool <kernel_shape = [2]> (b)
          y = QuantizeLinear (pooled, s)
        }
        """,
        """
        g (uint8[1,1,4] x) => (y) <float s = {0.1}, int8[1,1,1] w = {1}> {
          a = DequantizeLinear (x, s)
          back = DequantizeLinear (w, s)
          [conv] b = Conv (a, back)
          c = QuantizeLinear (b, s)
          d = DequantizeLinear (c, s)
          pooled = MaxPool <kernel_shape = [2]> (d)
          y = QuantizeLinear (pooled, s)
        }
        """),
    NEGATIVE_CODES_AFTER_RELU(
        "symmetric-after-relu",
        "relu",
        "int8 with zero point 0",
        """
        g (float[4] x) => (y) <float s = {0.1}, int8 z = {0}> {
          [relu] a = Relu (x)
          y = QuantizeLinear (a, s, z)
        }
        """,
        """
        g (float[4] x) => (y) <float s = {0.1}, int8 z = {-128}> {
          [relu] a = Relu (x)
          y = QuantizeLinear (a, s, z)
        }
        """),
    BIAS_TO_OVERFLOW(
        "bias-overflow",
        "conv",
        "exceeds 32 bits in channel 1 of 2",
        """
        g (float[1,1,4] x) => (y) <float[2,1,1] w = {1, 0.000001}, float[2] b = {1, 1}> {
          [conv] y = Conv (x, w, b)
        }
        """,
        """
        g (float[1,1,4] x) => (y) <float[2,1,1] w = {1, 0.001}, float[2] b = {1, 1}> {
          [conv] y = Conv (x, w, b)
        }
        """),
    BIAS_OVERFLOWING(
        "bias-overflow",
        "conv",
        "exceeds 32 bits in channel 0 of 1",
        """
        g (uint8[1,1,4] x) => (y) <float s = {0.0001}, int8[1,1,1] w = {1}, float[1] b = {100}> {
          a = DequantizeLinear (x, s)
          back = DequantizeLinear (w, s)
          [conv] c = Conv (a, back, b)
          y = QuantizeLinear (c, s)
        }
        """,
        """
        g (uint8[1,1,4] x) => (y) <float s = {0.0001}, int8[1,1,1] w = {1}, float[1] b = {10}> {
          a = DequantizeLinear (x, s)
          back = DequantizeLinear (w, s)
          [conv] c = Conv (a, back, b)
          y = QuantizeLinear (c, s)
        }
        """),
    BIAS_CUT_OFF(
        "bias-overflow",
        "bias",
        "cut off at the end of 32 bits",
        """
        g (uint8[1,1,4] x) => (y) <float s = {0.1}, int8[1,1,1] w = {1}, int32[1] b = {2147483647}> {
          a = DequantizeLinear (x, s)
          back = DequantizeLinear (w, s)
          [bias] real = DequantizeLinear (b, s)
          c = Conv (a, back, real)
          y = QuantizeLinear (c, s)
        }
        """,
        """
        g (uint8[1,1,4] x) => (y) <float s = {0.1}, int8[1,1,1] w = {1}, int32[1] b = {2147483646}> {
          a = DequantizeLinear (x, s)
          back = DequantizeLinear (w, s)
          [bias] real = DequantizeLinear (b, s)
          c = Conv (a, back, real)
          y = QuantizeLinear (c, s)
        }
        """),
    OUTLIER(
        "outlier-channel",
        "fc",
        "channel 3 of 5",
        "g (float[1,1] x) => (y) <float[1,5] w = {1, 1, 1, 20, -1}> { [fc] y = MatMul (x, w) }",
        "g (float[1,1] x) => (y) <float[1,5] w = {1, 1, 1, 15, -1}> { [fc] y = MatMul (x, w) }"),
    OUTLIER_IN_ONE_SCALE(
        "outlier-channel",
        "fc",
        "3.7 bits left",
        """
        g (uint8[1,1] x) => (y) <float s = {0.1}, int8[1,5] w = {5, 5, 5, 100, -5}> {
          a = DequantizeLinear (x, s)
          b = DequantizeLinear (w, s)
          [fc] y = MatMul (a, b)
        }
        """,
        """
        g (uint8[1,1] x) => (y) <float s = {0.1}, float[5] all = {1, 1, 1, 20, 1}, int8[1,5] w = {5, 5, 5, 100, -5}> {
          a = DequantizeLinear (x, s)
          b = DequantizeLinear <axis = 1> (w, all)
          [fc] y = MatMul (a, b)
        }
        """),
    DEAD(
        "dead-channel",
        "fc",
        "channels 0, 2 (2 of 3)",
        "g (float[1,2] x) => (y) <float[3,2] w = {0, 0, 1, 0, 1e-9, 0}> { [fc] y = Gemm <transB ="
            + " 1> (x, w) }",
        "g (float[1,2] x) => (y) <float[3,2] w = {0, 1, 1, 0, 1e-3, 0}> { [fc] y = Gemm <transB ="
            + " 1> (x, w) }");

    final String rule;
    final String node;
    final String reason;
    private final String wrong;
    private final String right;

    Case(String rule, String node, String reason, String wrong, String right) {
      this.rule = rule;
      this.node = node;
      this.reason = reason;
      this.wrong = wrong;
      this.right = right;
    }

    Model wrong() {
      return OnnxText.parse(wrong);
    }

    Model right() {
      return OnnxText.parse(right);
    }
  }

  @ParameterizedTest
  @EnumSource
  void findsWhatIsWrong(Case each) {
    assertThat(found(each, each.wrong()))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.node()).isEqualTo(each.node);
              assertThat(finding.reason()).contains(each.reason).doesNotEndWith(".");
              assertThat(finding.fix().text("m.onnx", "r.onnx")).isNotBlank();
            });
  }

  @ParameterizedTest
  @EnumSource
  void findsNothingOnceItIsRight(Case each) {
    assertThat(found(each, each.right())).isEmpty();
  }

  @Test
  void everyRuleHasACase() {
    assertThat(ModelLint.rules().stream().map(LintRule::name))
        .doesNotHaveDuplicates()
        .allMatch(name -> Stream.of(Case.values()).anyMatch(each -> each.rule.equals(name)));
  }

  @Test
  void nodesOfSubgraphsAreLookedAtToo() {
    Model model =
        OnnxText.parse(
            """
            g (bool b, float[4] x) => (float[4] y) {
              [choice] y = If <
                then_branch = yes () => (float[4] r) { [inner] r = Tanh (x) },
                else_branch = no () => (float[4] r) { r = Relu (x) }
              > (b)
            }
            """);
    assertThat(lint(model)).extracting(Finding::node).containsExactly("inner");
  }

  @Test
  void theModelIsLeftAsItIs() {
    Model model = Case.BATCH_IN_COMPUTED_SHAPE.wrong();
    String before = OnnxText.print(model);
    lint(model);
    assertThat(OnnxText.print(model)).isEqualTo(before);
  }

  @Test
  void whatOctetQuantizesIsFine() {
    assertThat(lint(M5Quantized.quantize(QuantizationScheme.standard()).model()))
        .as("but for the head, which has no integer kernel and was left in float")
        .isEmpty();
  }

  private static List<Finding> found(Case each, Model model) {
    return lint(model).stream().filter(finding -> finding.rule().equals(each.rule)).toList();
  }

  private static List<Finding> lint(Model model) {
    return ModelLint.check(model, ModelLint.rules(), Optional.of(RuntimeVersion.parse("1.17")));
  }
}
