package dev.octet.testkit;

import dev.octet.ir.Model;
import java.util.function.Consumer;

/// Tests of rewrites on ONNX text.
public final class RewriteAssertions {
  private RewriteAssertions() {}

  /// As [#assertRewrite(Consumer, String, String, Tolerance)], with [Tolerance#FLOAT32].
  public static void assertRewrite(Consumer<Model> rewrite, String before, String after) {
    assertRewrite(rewrite, before, after, Tolerance.FLOAT32);
  }

  /// Asserts that `rewrite` turns `before` into `after`, and that the result is a valid model, does
  /// not change when rewritten again, survives a file round trip, and computes in ONNX Runtime what
  /// `before` computes, on seeded random inputs with the runtime's own optimizer off.
  ///
  /// The two are compared as graphs: names of intermediate values, of nodes and of initializers do
  /// not count; names of graph inputs and outputs, order of operands, attributes and constants do.
  ///
  /// @param rewrite edits the model it is given
  /// @param before ONNX text, see [dev.octet.ir.io.OnnxText]
  /// @param after ONNX text
  /// @param tolerance how far outputs may be apart
  public static void assertRewrite(
      Consumer<Model> rewrite, String before, String after, Tolerance tolerance) {
    throw new UnsupportedOperationException("under construction");
  }

  /// Asserts that `rewrite` leaves the model alone.
  public static void assertUnchanged(Consumer<Model> rewrite, String text) {
    throw new UnsupportedOperationException("under construction");
  }
}
