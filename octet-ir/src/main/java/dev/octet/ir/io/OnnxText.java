package dev.octet.ir.io;

import dev.octet.ir.Model;

/// ONNX's own text syntax, for test fixtures and for people.
///
/// ```
/// <ir_version: 8, opset_import: ["" : 17]>
/// agraph (float[N,4] x) => (float[N,3] y)
/// <float[4,3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}> {
///   [matmul] h = MatMul (x, w)
///   y = LeakyRelu <alpha = 0.1> (h)
/// }
/// ```
public final class OnnxText {
  private OnnxText() {}

  /// The model a text describes.
  ///
  /// @throws dev.octet.diagnostic.OctetException of kind `BAD_INPUT`, naming line and column
  public static Model parse(String text) {
    throw new UnsupportedOperationException("under construction: " + text);
  }

  /// A model as text; [#parse] reads it back.
  public static String print(Model model) {
    throw new UnsupportedOperationException("under construction: " + model);
  }
}
