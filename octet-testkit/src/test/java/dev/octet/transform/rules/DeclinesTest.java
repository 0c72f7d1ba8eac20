package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.Model;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.OpaqueInitializer;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.transform.Pass;
import dev.octet.transform.PassReport;
import dev.octet.transform.Pipeline;
import dev.octet.transform.PipelineReport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every rewrite says why where it meets its form and leaves it as it is.
class DeclinesTest {
  private static final String NORM =
      "float[2] one = {1, 1}, float[2,2,1] w = {1, 2, 3, 4}, float[2,2] m = {1, 2, 3, 4}";

  enum Case {
    FREEZE_INPUT_DEFAULTS("its default is sparse", "(float[2] x, float[2] p)", "y = Add (x, p)"),
    CONSTANT_TO_INITIALIZER("graph output", "(float[2] x)", "y = Constant <value_float = 1.0> ()"),
    UPSAMPLE_TO_RESIZE(
        "has no such operator", "9 (float[1,1,2,2] x)", "a = Foo (x)\n y = Upsample (a, s)"),
    INFER_SHAPES("no shape rule", "(float[2] x)", "y = other.Guess (x)"),
    FOLD_SHAPES("graph output", "(float[2,3] x)", "y = Shape (x)"),
    FOLD_CONSTANTS("nothing here computes it", "(float[2] x)", "a = Erf (c)\n y = Add (x, a)"),
    CONSTANT_RESHAPE_TARGET("is not constant", "(float[N,M] x, int64[2] s)", "y = Reshape (x, s)"),
    REMOVE_IDENTITY("graph output", "(float[2] x)", "y = Identity (x)"),
    REMOVE_DROPOUT("set to train", "(float[2] x)", "a = Dropout (x, r, t)\n y = Neg (a)"),
    REMOVE_NEUTRAL_ARITHMETIC(
        "change the shape", "(float[N] x)", "a = Mul (x, ones)\n y = Neg (a)"),
    REMOVE_NO_OP_CAST(
        "type of its input", "(float[2] x)", "a = other.Guess (x)\n y = Cast <to = 1> (a)"),
    REMOVE_NO_OP_CONCAT("graph output", "(float[2] x)", "y = Concat <axis = 0> (x)"),
    REMOVE_NO_OP_EXPAND("is not known", "(float[2] x, int64[K] s)", "y = Expand (x, s)"),
    REMOVE_NO_OP_PAD("is computed", "(float[2] x, int64[2] s)", "y = Pad (x, s)"),
    REMOVE_NO_OP_SLICE(
        "turn an axis around", "(float[2] x)", "y = Slice (x, last, low, zero, minus)"),
    REMOVE_NO_OP_TRANSPOSE(
        "how many axes", "(float[2] x)", "a = other.Guess (x)\n y = Transpose (a)"),
    REMOVE_NO_OP_RESHAPE("is not known", "(float[2] x, int64[K] s)", "y = Reshape (x, s)"),
    REMOVE_UNIT_POOL(
        "stride skips", "(float[1,1,4] x)", "y = MaxPool <kernel_shape = [1], strides = [2]> (x)"),
    MERGE_EQUAL_NODES("callers see both", "(float[2] x)", "y = Neg (x)\n z = Neg (x)"),
    RECOGNIZE_LAYER_NORM(
        "--opset 17",
        "13 (float[2,3] x)",
        """
        a = ReduceMean <axes = [-1]> (x)
        d = Sub (x, a)
        q = Pow (d, two)
        v = ReduceMean <axes = [-1]> (q)
        e = Add (v, eps)
        u = Sqrt (e)
        y = Div (d, u)
        """),
    RECOGNIZE_GELU(
        "--opset 20",
        "(float[2] x)",
        "a = Div (x, root)\n e = Erf (a)\n g = Add (e, c1)\n p = Mul (x, g)\n y = Mul (p, half)"),
    RECOGNIZE_ATTENTION(
        "--opset 23",
        "(float[1,2,3,4] q, float[1,2,5,4] k, float[1,2,5,4] v)",
        """
        h = Transpose <perm = [0, 1, 3, 2]> (k)
        p = MatMul (q, h)
        i = Mul (p, half)
        o = Softmax <axis = -1> (i)
        y = MatMul (o, v)
        """),
    FOLD_PAD_INTO_WINDOW(
        "are computed", "(float[1,2,4] x, int64[6] s)", "a = Pad (x, s)\n y = Conv (a, w)"),
    FOLD_BATCH_NORM_INTO_CONV(
        "other readers",
        "(float[1,2,4] x)",
        "a = Conv (x, w)\n b = BatchNormalization (a, one, one, one, one)\n y = Add (a, b)"),
    FOLD_CHANNEL_ARITHMETIC_INTO_CONV(
        "other readers",
        "(float[1,2,4] x)",
        "a = Conv (x, w)\n b = Mul (a, half)\n y = Add (a, b)"),
    FOLD_BATCH_NORM_INTO_LINEAR(
        "other readers",
        "(float[3,2] x)",
        "a = MatMul (x, m)\n b = BatchNormalization (a, one, one, one, one)\n y = Add (a, b)"),
    FOLD_BATCH_NORM_INTO_NEXT(
        "other readers",
        "(float[1,2,4] x)",
        "a = BatchNormalization (x, one, one, one, one)\n b = Conv (a, w)\n y = Add (a, b)"),
    PUSH_TRANSPOSES(
        "no fewer",
        "(float[2,3] x)",
        "a = Transpose <perm = [1, 0]> (x)\n b = Relu (a)\n y = MatMul (b, x)"),
    AVERAGE_POOL_TO_GLOBAL(
        "not known", "(float[1,1,L] x)", "y = AveragePool <kernel_shape = [2]> (x)"),
    FUSE_TRANSPOSES(
        "other readers",
        "(float[2,3,4] x)",
        """
        a = Transpose <perm = [1, 0, 2]> (x)
        b = Transpose <perm = [2, 1, 0]> (a)
        y = Neg (b)
        z = Neg (a)
        """),
    TRANSPOSE_TO_RESHAPE("is dynamic", "(float[N,1,M] x)", "y = Transpose <perm = [1, 0, 2]> (x)"),
    FUSE_SQUEEZES(
        "other readers",
        "(float[1,1,3] x)",
        "a = Squeeze (x, zero)\n y = Squeeze (a, zero)\n z = Neg (a)"),
    FUSE_RESHAPES(
        "other readers",
        "(float[2,3] x)",
        "a = Reshape (x, low)\n y = Reshape (a, low)\n z = Neg (a)",
        "low = {6}"),
    FUSE_SLICES(
        "cut along axis 0",
        "(float[8] x)",
        "a = Slice (x, zero, last)\n y = Slice (a, zero, last)",
        "last = {2}"),
    MATMUL_OF_RESHAPE_TO_MATRIX(
        "other readers",
        "(float[4,2] x)",
        "a = Reshape (x, cube)\n p = MatMul (a, m)\n y = Add (p, one)\n z = Neg (p)"),
    FUSE_MATMUL_ADD_INTO_GEMM(
        "multiplies matrices only", "(float[2,2,2] x)", "a = MatMul (x, m)\n y = Add (a, one)"),
    PRUNE_DEAD_CHANNELS("graph output", "(float[1,2,4] x)", "y = Conv (x, dead)"),
    REMOVE_UNUSED("remove-unused-inputs", "(float[2] x, float[2] z)", "y = Neg (x)"),
    REMOVE_UNUSED_INPUTS("its default is sparse", "(float[2] x, float[2] p)", "y = Neg (x)"),
    DEDUPLICATE_INITIALIZERS(
        "callers see it",
        "(int64[1] i = {7}, float[2] x)",
        "y = Gather (x, i)\n z = Gather (x, j)"),
    MERGE_EQUAL_DEQUANTIZERS(
        "callers see both",
        "(float[2] x)",
        "y = DequantizeLinear (codes, scale)\n z = DequantizeLinear (codes, scale)"),
    DEQUANTIZE_MISSCALED_BIAS(
        "its scales are no FLOAT constants",
        "(uint8[1,2,4] x, float s)",
        """
        a = DequantizeLinear (x, scale)
        k = DequantizeLinear (kernel, scale)
        b = DequantizeLinear (wide, s)
        y = Conv (a, k, b)
        """),
    ACTIVATIONS_TO_UINT8(
        "callers see its codes", "(float[2] x)", "y = QuantizeLinear (x, scale, z8)"),
    WEIGHTS_TO_UINT8(
        "its scales are not constant",
        "(uint8[1,2,4] x, float s)",
        """
        a = DequantizeLinear (x, scale, zu)
        k = DequantizeLinear (kernel, s)
        y = Conv (a, k)
        """),
    CONVERT_OPSET("came with opset", "18 (float[2] x)", "y = Mish (x)"),
    CONVERT_IR_VERSION(
        "IR version", "(float[2] x)", "a = Cast <to = 17> (x)\n y = Cast <to = 1> (a)");

    final String reason;
    final String inputs;
    final String nodes;
    final String constant;

    Case(String reason, String inputs, String nodes) {
      this(reason, inputs, nodes, "");
    }

    Case(String reason, String inputs, String nodes, String constant) {
      this.reason = reason;
      this.inputs = inputs;
      this.nodes = nodes;
      this.constant = constant;
    }

    String rewrite() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysWhy(Case each) {
    Model model = model(each);
    ShapeInference.infer(model);
    String before = OnnxText.print(model);
    Pass rewrite = Objects.requireNonNull(rewrites().get(each.rewrite()));
    PipelineReport report = Pipeline.of(rewrite).run(model);
    assertThat(report.declined())
        .extracting(PassReport.Refusal::reason)
        .anyMatch(reason -> reason.contains(each.reason));
    assertThat(report.declined()).allMatch(refusal -> !refusal.where().isBlank());
    assertThat(OnnxText.print(model)).isEqualTo(before);
  }

  @Test
  void everyRewriteHasACase() {
    assertThat(Stream.of(Case.values()).map(Case::rewrite))
        .containsExactlyInAnyOrderElementsOf(rewrites().keySet());
  }

  /// Each rewrite there is, as a pass of its own.
  private static Map<String, Pass> rewrites() {
    Map<String, Pass> all = new LinkedHashMap<>();
    Stream.of(
            StandardPipelines.prepare().passes().stream(),
            StandardPipelines.export().passes().stream(),
            Stream.of(Pass.of(ConvertOpset.to(17)), Pass.of(ConvertIrVersion.to(8))))
        .flatMap(passes -> passes)
        .forEach(
            pass -> {
              switch (pass) {
                case Pass.Whole whole -> all.put(whole.name(), whole);
                case Pass.Rules rules ->
                    rules.rules().forEach(rule -> all.put(rule.name(), Pass.of(rule)));
              }
            });
    return all;
  }

  private static Model model(Case each) {
    String opset = each.inputs.startsWith("(") ? "17" : each.inputs.split(" ", 2)[0];
    String inputs = each.inputs.startsWith("(") ? each.inputs : each.inputs.split(" ", 2)[1];
    String outputs = each.nodes.contains("z = ") ? "(y, z)" : "(y)";
    String constants =
        """
        float[1] c = {0.5}, float[2] ones = {1, 1}, float r = {0.5}, bool t = {1}, int64[1] last = {-1},
        int64[1] low = {-9}, int64[1] zero = {0}, int64[1] minus = {-1}, float two = {2}, float eps = {0.1},
        float root = {1.4142135}, float c1 = {1}, float half = {0.5}, int64[3] cube = {2, 2, 2},
        float[2,2,1] dead = {1, 2, 0, 0}, int64[1] j = {7}, int8[2,2,1] kernel = {127, 127, 127, 4}, uint8 zu = {3},
        float scale = {0.1}, int32[2] wide = {1, 2}, int8[2] codes = {1, 2}, int8 z8 = {3},
        float[4] s = {1, 1, 2, 2},
        """
            .replace(each.inputs.contains(" s)") ? "float[4] s = {1, 1, 2, 2}," : "\0", "");
    if (!each.constant.isEmpty()) {
      String name = each.constant.substring(0, each.constant.indexOf(' '));
      constants = constants.replaceAll("\\b" + name + " = \\{[^}]*}", each.constant);
    }
    Model model =
        OnnxText.parse(
            "<ir_version: 9, opset_import: [\"\" : %s, \"other\" : 1]>\ng %s => %s\n<%s %s> {\n%s\n}\n"
                .formatted(opset, inputs, outputs, constants, NORM, each.nodes));
    keepOnlyRead(model);
    return model;
  }

  /// Takes out constants nobody reads, and makes an input `p` one whose default is passed through.
  private static void keepOnlyRead(Model model) {
    model.edit(
        editor -> {
          for (var value : model.graph().initializers()) {
            if (value.isUnused() && !value.isGraphInput()) {
              editor.removeInitializer(model.graph(), value);
            }
          }
          model.graph().inputs().stream()
              .filter(input -> input.name().equals("p"))
              .forEach(
                  input ->
                      editor.setOpaqueInitializer(
                          model.graph(),
                          input,
                          new OpaqueInitializer(OpaqueInitializer.Form.SPARSE, OpaqueFields.NONE)));
        });
  }
}
