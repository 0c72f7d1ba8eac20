package dev.octet.rewrite.qoperator;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A float node seen through the conversions around it.
final class CodedNode {
  private final GraphEditor editor;
  private final Node node;

  CodedNode(GraphEditor editor, Node node) {
    this.editor = editor;
    this.node = node;
  }

  Node node() {
    return node;
  }

  /// The imported version of ONNX's own operators.
  int opset() {
    return editor.model().opset().orElse(0);
  }

  /// The codes that input `index` is dequantized from.
  Optional<Codes> input(int index) {
    return node.input(index)
        .flatMap(Value::producer)
        .filter(Operators::isDequantize)
        .flatMap(this::codes);
  }

  /// As [#input], 8-bit codes with one scale.
  Optional<Codes> activation(int index) {
    return input(index).filter(Codes::isEightBit).filter(Codes::hasOneScale);
  }

  /// The 8-bit codes with one scale that output `index` is quantized to, where nothing else reads
  /// it.
  Optional<Codes> result(int index) {
    return quantized(index).filter(Codes::isEightBit).filter(Codes::hasOneScale);
  }

  /// The codes that output `index` is quantized to, where nothing else reads it.
  Optional<Codes> quantized(int index) {
    return quantizer(index).flatMap(this::codes);
  }

  /// The node that alone reads output `index` and quantizes it.
  Optional<Node> quantizer(int index) {
    Value output = index < node.outputs().size() ? node.outputs().get(index) : null;
    if (output == null || output.isGraphOutput() || output.useCount() != 1) {
      return Optional.empty();
    }
    Use use = output.uses().getFirst();
    return use.index() == 0 && Operators.isQuantize(use.node())
        ? Optional.of(use.node())
        : Optional.empty();
  }

  /// The inputs with another in one place.
  List<@Nullable Value> inputsWith(int index, Value other) {
    List<@Nullable Value> inputs = new ArrayList<>(node.inputs());
    while (inputs.size() <= index) {
      inputs.add(null);
    }
    inputs.set(index, other);
    return inputs;
  }

  /// Codes, scale and zero point, as integer operators list them.
  List<Value> triple(Codes codes) {
    return List.of(codes.codes(), codes.scale(), zeroPoint(codes));
  }

  /// Scale and zero point, as integer operators list those of their result.
  List<Value> grid(Codes codes) {
    return List.of(codes.scale(), zeroPoint(codes));
  }

  /// The zero point, written out for operators that want one.
  Value zeroPoint(Codes codes) {
    return codes
        .zeroPoint()
        .orElseGet(
            () ->
                newConstant(
                    codes.scale().name() + "_zero_point",
                    DenseTensor.ofBytes(codes.type(), new byte[1])));
  }

  Value newConstant(String name, DenseTensor tensor) {
    return editor.addInitializer(editor.graph(), name, tensor);
  }

  /// What a conversion node converts to or from.
  private Optional<Codes> codes(Node conversion) {
    if (conversion.attributes().containsKey("block_size") || conversion.input(1).isEmpty()) {
      return Optional.empty();
    }
    Value codes = Operators.isQuantize(conversion) ? conversion.output(0) : source(conversion);
    Optional<DataType> type =
        conversion.input(2).flatMap(Value::dataType).or(() -> storedType(conversion));
    if (type.isEmpty()) {
      return Optional.empty();
    }
    Value scale = conversion.input(1).orElseThrow();
    int axis = (int) conversion.intAttribute("axis", 1);
    int rank = codes.shape().map(shape -> shape.rank()).orElse(0);
    return Optional.of(
        new Codes(codes, scale, conversion.input(2), type.get(), axis < 0 ? axis + rank : axis));
  }

  private static Value source(Node conversion) {
    return conversion.input(0).orElseThrow();
  }

  /// The codes' type where no zero point states it: that of the constant, else ONNX's default.
  private static Optional<DataType> storedType(Node conversion) {
    return Operators.isQuantize(conversion)
        ? Optional.of(DataType.UINT8)
        : source(conversion).dataType();
  }
}
