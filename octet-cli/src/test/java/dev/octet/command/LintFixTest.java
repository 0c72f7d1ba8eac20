package dev.octet.command;

import static dev.octet.command.CommandLines.M5;
import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.command.CommandLines.Outcome;
import dev.octet.flow.LintFlow;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import dev.octet.lint.Finding;
import dev.octet.lint.Fix;
import dev.octet.lint.LintRule;
import dev.octet.lint.ModelLint;
import dev.octet.lint.RuntimeVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The command that a finding names, typed as it is printed, removes the finding.
class LintFixTest {
  private static final int SAMPLES = 16;

  /// A layer before and after what is looked at, so that there is something to quantize.
  private static final String QUANTIZED =
      """
      g (float[N,2,4] x) => (y) <float s = {0.02}, uint8 z = {128}, int8 m = {0}, float[2,2,1] w = {%s},
         int8[2,2,1] v = {100, 1, 1, 100}, float[2] b = {0.1, %s}> {
        q = QuantizeLinear (x, s, z)
        d = DequantizeLinear (q, s, z)
        %s
      }
      """;

  private static final String FLOAT =
      """
      g (float[N,2,4] x) => (y) <float[2,2,1] w = {2, 0.02, 0.02, 2}, float[2] b = {0.1, 0.2}> {
        [conv] c = Conv (x, w, b)
        [relu] r = Relu (c)
        [tanh] y = Tanh (r)
      }
      """;

  enum Case {
    FORMAT_TOO_NEW(
        "runtime-too-old",
        "",
        "<ir_version: 12, opset_import: [\"\" : 13]>"
            + " g (float[N,2,4] x) => (y) { [relu] y = Relu (x) }"),
    OPSET_TOO_NEW(
        "runtime-too-old",
        "",
        "<ir_version: 8, opset_import: [\"\" : 23]>"
            + " g (float[N,2,4] x) => (y) { [relu] y = Relu (x) }"),
    OPERATOR_TOO_NEW(
        "runtime-too-old",
        "",
        "<ir_version: 8, opset_import: [\"\" : 23]> g (float[1,4,2] x) => (y)"
            + " <float[2] w = {1, 1}> { [norm] y = RMSNormalization (x, w) }"),
    BAKED(
        "baked-dimension",
        "flat",
        """
        g (float[batch,2,4] x) => (y) <int64[2] shape = {1, 8}> { [flat] y = Reshape (x, shape) }
        """),
    REPLACEABLE_WEIGHT(
        "dynamic-kernel",
        "conv",
        "g (float[N,2,4] x, float[1,2,1] w = {1, 2}) => (y) { [conv] y = Conv (x, w) }"),
    WEIGHT_OF_CONSTANTS(
        "dynamic-kernel",
        "conv",
        """
        g (float[N,2,4] x) => (y) <float[1,2,1] w = {1, 2}> {
          v = Add (w, w)
          [conv] y = Conv (x, v)
        }
        """),
    WEIGHT_OF_INPUTS(
        "dynamic-kernel",
        "conv",
        """
        g (float[2,2,4] x) => (y) <float[2,2,1] w = {1, 2, 2, 1}> {
          a = Conv (x, w)
          v = ReduceMean <axes = [0], keepdims = 1> (a)
          [conv] c = Conv (a, v)
          y = Relu (c)
        }
        """),
    WEIGHT_QUANTIZED_IN_EVERY_RUN(
        "dynamic-kernel",
        "kernel",
        QUANTIZED.formatted(
            "2, 0.02, 0.02, 2",
            "0.2",
            "[kernel] k = QuantizeLinear (w, s, m)\n l = DequantizeLinear (k, s, m)\n"
                + " [conv] c = Conv (d, l, b)\n [relu] y = Relu (c)")),
    RANGE_IN_EVERY_RUN(
        "run-time-quantization",
        "range",
        """
        g (float[N,2,4] x) => (y) <float[2,2,1] w = {2, 0.02, 0.02, 2}, float[2] b = {0.1, 0.2}> {
          [range] q, s, z = DynamicQuantizeLinear (x)
          d = DequantizeLinear (q, s, z)
          [conv] c = Conv (d, w, b)
          [relu] y = Relu (c)
        }
        """),
    BATCH_NORM(
        "unfolded-batch-norm",
        "norm",
        """
        g (float[N,2,4] x) => (y) <float[1,2,1] w = {1, 2}, float[1] one = {1}> {
          [conv] a = Conv (x, w)
          [norm] y = BatchNormalization (a, one, one, one, one)
        }
        """),
    NO_SCALES_PER_CHANNEL(
        "old-opset",
        "",
        "<ir_version: 7, opset_import: [\"\" : 11]> g (float[N,2,4] x) => (y)"
            + " <float[1,2,1] w = {1, 2}> { y = Conv (x, w) }"),
    NO_KERNEL(
        "no-integer-kernel",
        "tanh",
        """
        g (float[N,2,4] x) => (y) <float[2,2,1] w = {1, 2, 2, 1}> {
          a = Conv (x, w)
          [tanh] t = Tanh (a)
          y = Conv (t, w)
        }
        """),
    NO_KERNEL_YET(
        "no-integer-kernel",
        "pool",
        "<ir_version: 7, opset_import: [\"\" : 11]> g (float[N,2,4] x) => (y)"
            + " { [pool] y = MaxPool <kernel_shape = [2]> (x) }"),
    NO_KERNEL_BETWEEN_CODES(
        "no-integer-kernel",
        "tanh",
        QUANTIZED.formatted(
            "1, 1, 1, 1",
            "1",
            "[tanh] t = Tanh (d)\n e = QuantizeLinear (t, s, z)\n y = DequantizeLinear (e, s, z)")),
    FLOAT_WEIGHT(
        "float-island",
        "conv",
        QUANTIZED.formatted(
            "2, 0.02, 0.02, 2",
            "0.2",
            "[conv] c = Conv (d, w, b)\n r = Relu (c)\n e = QuantizeLinear (r, s, z)\n"
                + " y = DequantizeLinear (e, s, z)")),
    NEGATIVE_CODES_AFTER_RELU(
        "symmetric-after-relu",
        "relu",
        QUANTIZED.formatted(
            "1, 1, 1, 1",
            "1",
            "k = DequantizeLinear (v, s, m)\n c = Conv (d, k, b)\n [relu] r = Relu (c)\n"
                + " e = QuantizeLinear (r, s, z)\n y = DequantizeLinear (e, s, z)")),
    BIAS_TO_OVERFLOW(
        "bias-overflow",
        "conv",
        """
        g (float[N,2,4] x) => (y) <float[2,2,1] w = {1, 1, 0.000001, 0}, float[2] b = {1, 1}> {
          [conv] c = Conv (x, w, b)
          y = Relu (c)
        }
        """),
    BIAS_OVERFLOWING(
        "bias-overflow",
        "conv",
        QUANTIZED.formatted(
            "1, 1, 1, 1",
            "1000000",
            "k = DequantizeLinear (v, s, m)\n [conv] c = Conv (d, k, b)\n r = Relu (c)\n"
                + " e = QuantizeLinear (r, s, z)\n y = DequantizeLinear (e, s, z)")),
    OUTLIER(
        "outlier-channel",
        "conv",
        """
        g (float[N,2,4] x) => (y) <float[4,2,1] w = {1, 1, 1, 1, 1, 1, 40, 1}> {
          [conv] c = Conv (x, w)
          y = Relu (c)
        }
        """),
    OUTLIER_IN_ONE_SCALE(
        "outlier-channel",
        "conv",
        """
        g (float[N,2,4] x) => (y) <float s = {0.02}, uint8 z = {128}, int8 m = {0},
           int8[4,2,1] v = {3, 1, 1, 3, 2, 2, 100, 1}> {
          q = QuantizeLinear (x, s, z)
          d = DequantizeLinear (q, s, z)
          k = DequantizeLinear (v, s, m)
          [conv] c = Conv (d, k)
          e = QuantizeLinear (c, s, z)
          y = DequantizeLinear (e, s, z)
        }
        """),
    DEAD(
        "dead-channel",
        "conv",
        """
        g (float[N,2,4] x) => (y) <float[2,2,1] w = {1, 2, 0, 0}, float[2] b = {1, 2},
           float[1,2,1] v = {1, 2}, float[2] one = {1, 1}> {
          [conv] c = Conv (x, w, b)
          n = BatchNormalization (c, one, one, one, one)
          r = Relu (n)
          y = Conv (r, v)
        }
        """),
    DEAD_WITH_A_SCALE_EACH(
        "dead-channel",
        "conv",
        """
        g (float[N,2,4] x) => (y) <float s = {0.02}, uint8 z = {128}, float[2] t = {0.02, 0.02},
           int8[2,2,1] v = {3, 1, 0, 0}> {
          q = QuantizeLinear (x, s, z)
          d = DequantizeLinear (q, s, z)
          k = DequantizeLinear <axis = 0> (v, t)
          [conv] c = Conv (d, k)
          e = QuantizeLinear (c, s, z)
          y = DequantizeLinear (e, s, z)
        }
        """),
    DEAD_IN_ONE_SCALE(
        "dead-channel",
        "conv",
        """
        g (float[N,2,4] x) => (y) <float s = {0.02}, uint8 z = {128}, int8 m = {0},
           int8[2,2,1] v = {3, 1, 0, 0}> {
          q = QuantizeLinear (x, s, z)
          d = DequantizeLinear (q, s, z)
          k = DequantizeLinear (v, s, m)
          [conv] c = Conv (d, k)
          e = QuantizeLinear (c, s, z)
          y = DequantizeLinear (e, s, z)
        }
        """);

    final String rule;
    final String node;
    final String text;

    Case(String rule, String node, String text) {
      this.rule = rule;
      this.node = node;
      this.text = text;
    }
  }

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void removesTheFinding(Case each) throws IOException {
    Path model = folder.resolve("model.onnx");
    ModelWriter.write(OnnxText.parse(each.text), model);
    LintFlow.Result before = lint(model);
    Finding finding =
        before.findings().stream().filter(found -> isIt(found, each)).findFirst().orElseThrow();

    List<String> words = before.fixArguments(finding).stream().map(this::real).toList();
    assertThat(before.fix(finding)).startsWith("octet " + words.getFirst());
    Outcome outcome = run(words.toArray());

    assertThat(outcome.exitCode()).as(words + "\n" + outcome.out() + outcome.err()).isZero();
    assertThat(lint(folder.resolve("model_fixed.onnx")).findings())
        .as(outcome.out())
        .noneMatch(found -> isIt(found, each));
  }

  @Test
  void everyRuleHasACase() {
    assertThat(ModelLint.rules().stream().map(LintRule::name))
        .allMatch(name -> Stream.of(Case.values()).anyMatch(each -> each.rule.equals(name)));
  }

  private static boolean isIt(Finding found, Case each) {
    return found.rule().equals(each.rule) && found.node().equals(each.node);
  }

  private static LintFlow.Result lint(Path model) {
    return LintFlow.run(
        new LintFlow.Request(model, Optional.of(RuntimeVersion.parse("1.18")), List.of()));
  }

  /// What only the user knows, filled in: the samples, the float model, the program.
  private String real(String word) {
    return switch (word) {
      case Fix.DATA -> samples().toString();
      case Fix.FLOAT_MODEL -> {
        Path file = folder.resolve("float.onnx");
        ModelWriter.write(OnnxText.parse(FLOAT), file);
        yield file.toString();
      }
      case Fix.PROGRAM -> M5.toString();
      default -> word;
    };
  }

  private Path samples() {
    int[] dims = {SAMPLES, 2, 2, 4};
    int count = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    String shape = Arrays.stream(dims).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
    String padded = header + " ".repeat(64 - (10 + header.length() + 1) % 64) + "\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + padded.length() + 4 * count).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
    bytes.put((byte) 0).putShort((short) padded.length());
    bytes.put(padded.getBytes(StandardCharsets.US_ASCII));
    SplittableRandom random = new SplittableRandom(20261124);
    for (int i = 0; i < count; i++) {
      bytes.putFloat((float) random.nextDouble(-2, 2));
    }
    try {
      return Files.write(folder.resolve("x.npy"), bytes.array());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
