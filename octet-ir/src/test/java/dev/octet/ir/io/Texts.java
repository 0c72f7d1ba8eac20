package dev.octet.ir.io;

/// Models that between them use every part of the syntax.
final class Texts {
  /// Both branches call their result `r` and read `x` from outside.
  static final String IF =
      """
      choose (bool b, float[N] x) => (float[N] y) {
        [choice] y = If <
          then_branch = yes () => (float[N] r) { r = Relu (x) },
          else_branch = "no, thanks" () => (float[N] r) <float two = {2}> {
            s = Neg (x)
            r = Mul (s, two)
          }
        > (b)
      }
      """;

  static final String TYPES =
      """
      types (
        float a, float[] b, float[3,"a + b",?] "c d", seq(float[N]) e, optional(int64[2]) f,
        map(string, float16[]) g, sparse_tensor(double[2,2]) h, float8e4m3fn[1] i, "float"
      ) => (a, k) {
        k = Identity ("float")
      }
      """;

  static final String TENSORS =
      """
      tensors (float[2] x, float[2] y = {1, 2}) => (float[2] z)
      <
        float16[2] half = {65504, 0.5}, bfloat16[1] brain = {-2}, int4[3] nibbles = {7, -1, -8},
        uint4[2] u = {15, 0}, uint64[1] big = {18446744073709551615}, int64[1] small = {-5},
        float[4] odd = {inf, -inf, nan, -0.0}, string[2] words = {"a", "say \\"b\\" \\\\"},
        bool[2] flags = {1, 0}, double d = {0.1}, uint8[2,0] none = {}, complex64[1] c = {1, -2},
        float8e5m2[2] eight = {60, 128}, uint32[1] w = {4294967295}, int8[2] i = {-128, 127}
      > {
        z = Add (x, y)
      }
      """;

  static final String ATTRIBUTES =
      """
      <ir_version: 10, opset_import: ["" : 21, "my-domain.x" : 1, "a.b" : 2]>
      attributes (float[2] x) => (z)
      {
        a, "" = a.b.Some <i = -1, f = 1.5, s = "line\\nbreak", t = float[2] {1, 2}> (x)
        b = "my-domain.x.Other" <
          named = int64 "the name" = {3}, is = [1, 2], fs: floats = [1, 2.5], none: ints = [],
          ss = ["a", "b"], ts = [float {1}, int8[1] {2}], tp = seq(float[N]), tps = [float[2], int64],
          nan = nan, gs = [first () => () {}, "the second" () => () {}]
        > (a, "", x)
        z = a.b.Some:special (b)
      }
      """;

  static final String FUNCTION =
      """
      <ir_version: 8, opset_import: ["" : 17, "local" : 1], model_version: 3, domain: "here">
      calls (float[N] x) => (float[N] y) {
        y = local.scaled <by = 2.0> (x)
      }
      <domain: "local", opset_import: ["" : 17]>
      scaled <by> (x) => (y) {
        factor = Constant <value_float: float = @by> ()
        y = Mul (x, factor)
      }
      """;

  private Texts() {}
}
