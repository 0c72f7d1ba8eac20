package dev.octet.ir.io;

import dev.octet.ir.Model;
import dev.octet.ir.io.proto.ModelProto;
import java.lang.foreign.MemorySegment;

/// ONNX's own text syntax, for test fixtures and for people.
///
/// ```
/// <ir_version: 8, opset_import: ["" : 17]>
/// agraph (float[N,4] x) => (float[N,3] y)
/// <float[4,3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, float[N,3] h> {
///   [matmul] h = MatMul (x, w)
///   y = LeakyRelu <alpha = 0.1> (h)
/// }
/// ```
///
/// `float x` is a scalar, `float[] x` a tensor of unknown rank, `float[N,?,3] x` one of known rank.
/// Names that are no identifiers, or that name types, stand in quotes: `"fc1.weight"`. An input
/// left out is `""` or nothing at all. A default for a graph input is written where the input is:
/// `(float[2] x = {1, 2})`. Functions may follow the graph. Beyond the standard, the header may be
/// left out and then means IR version 8 and opset 17, and any name may be quoted, those of symbolic
/// dimensions too.
///
/// Some things in a file have no form in this syntax: notes on nodes and values, annotations,
/// sparse initializers, training information, types without a name. [#print] leaves them out.
public final class OnnxText {
  private OnnxText() {}

  /// The model a text describes.
  ///
  /// @throws dev.octet.diagnostic.OctetException of kind `BAD_INPUT`: naming line and column where
  ///     the text is not in the syntax, naming node and value where it contradicts itself
  public static Model parse(String text) {
    ModelProto proto = new TextParser(text).model();
    Source source = new Source("text");
    ExternalFiles external = ExternalFiles.none(source);
    return ModelReader.decode(
        proto,
        source,
        new TensorReader(
            TensorReader.Origin.TEXT,
            source,
            raw -> MemorySegment.ofBuffer(raw.asReadOnlyByteBuffer()),
            external));
  }

  /// A model as text; [#parse] reads it back. The model need not be sound.
  public static String print(Model model) {
    return new TextPrinter().print(ModelWriter.encode(model, TensorSink.whole()));
  }
}
