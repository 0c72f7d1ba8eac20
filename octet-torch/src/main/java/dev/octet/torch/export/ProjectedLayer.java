package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.util.ArrayList;
import java.util.List;

/// One layer of an LSTM whose hidden state is projected to fewer numbers, which ONNX's `LSTM` does
/// not do → a `Scan` for each direction.
///
/// @param type of all numbers
/// @param biased whether the products have biases
/// @param params of each direction: weights of input and state, their biases, the projection
record ProjectedLayer(DataType type, boolean biased, List<List<Value>> params) {

  /// What became of a sequence.
  ///
  /// @param sequence `[T, N, directions · P]`
  /// @param hidden last projected states, `[directions, N, P]`
  /// @param cells last cells, `[directions, N, H]`
  record Result(Value sequence, Value hidden, Value cells) {}

  /// Runs the layer.
  ///
  /// @param x `[T, N, I]`
  /// @param hidden first projected states of all layers
  /// @param cells first cells of all layers
  /// @param first place of this layer's first direction in them
  Result over(OnnxNodes onnx, Value x, Value hidden, Value cells, int first) {
    List<Value> sequences = new ArrayList<>();
    List<Value> lastHidden = new ArrayList<>();
    List<Value> lastCells = new ArrayList<>();
    for (int direction = 0; direction < params.size(); direction++) {
      Value place = onnx.scalar(DataType.INT64, first + direction);
      List<Value> found =
          scan(
              onnx,
              ofInput(onnx, x, params.get(direction)),
              onnx.add("Gather", hidden, place),
              onnx.add("Gather", cells, place),
              params.get(direction),
              direction);
      lastHidden.add(onnx.add("Unsqueeze", found.get(0), onnx.vector(0)));
      lastCells.add(onnx.add("Unsqueeze", found.get(1), onnx.vector(0)));
      sequences.add(found.get(2));
    }
    return new Result(
        joined(onnx, sequences, -1), joined(onnx, lastHidden, 0), joined(onnx, lastCells, 0));
  }

  // The input's part of all gates at once; each step adds the state's.
  private Value ofInput(OnnxNodes onnx, Value x, List<Value> own) {
    Value product = onnx.add("MatMul", x, MatrixTranslator.transposed(onnx, own.get(0), 2));
    return biased ? onnx.add("Add", product, onnx.add("Add", own.get(2), own.get(3))) : product;
  }

  private List<Value> scan(
      OnnxNodes onnx, Value gates, Value hidden, Value cell, List<Value> own, int direction) {
    OnnxNodes inside = onnx.inside("body");
    ValueType number = ValueType.tensor(type, null);
    Value before = inside.input("hidden", number);
    Value kept = inside.input("cell", number);
    Value ofInput = inside.input("gates", number);
    NodeSpec product = NodeSpec.of("Gemm").attribute("transB", 1);
    Value sum = inside.add(product.inputs(before, own.get(1), ofInput));
    List<Value> next = CellTranslator.step(inside, sum, kept);
    Value projected = inside.add(product.inputs(next.get(0), own.getLast()));
    for (Value result : List.of(projected, next.get(1), projected)) {
      inside.output(result, number);
    }
    NodeSpec spec =
        NodeSpec.of("Scan")
            .inputs(hidden, cell, gates)
            .attribute("num_scan_inputs", 1)
            .attribute("body", Attribute.of(inside.graph()));
    // The second direction reads from the end, and puts what it finds in the same places.
    if (direction == 1) {
      spec =
          spec.attribute("scan_input_directions", Attribute.ints(1))
              .attribute("scan_output_directions", Attribute.ints(1));
    }
    return onnx.add(spec, 3);
  }

  private static Value joined(OnnxNodes onnx, List<Value> values, int axis) {
    return values.size() == 1
        ? values.getFirst()
        : onnx.add(NodeSpec.of("Concat").inputs(values).attribute("axis", axis));
  }
}
