package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Recurrent layers → `LSTM`, `GRU`, `RNN`, one node a layer; `Scan` where states are projected.
/// Gates are reordered: PyTorch's LSTM
/// has input, forget, cell, output, ONNX's input, output, forget, cell; PyTorch's GRU has reset
/// before update, ONNX's the other way around, and PyTorch applies the reset after the recurrent
/// product.
final class RecurrentTranslator implements AtenTranslator {
  private static final Map<String, int[]> GATES =
      Map.of("LSTM", new int[] {0, 3, 1, 2}, "GRU", new int[] {1, 0, 2}, "RNN", new int[] {0});

  @Override
  public Set<String> operators() {
    return Set.of("aten.lstm", "aten.gru", "aten.rnn_tanh", "aten.rnn_relu");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    if (!call.overload().equals("input")) {
      return Translation.unsupported("a packed sequence", "pass a padded tensor");
    }
    if (call.flag("train") && call.number("dropout") != 0) {
      return Translation.unsupported(
          "dropout between recurrent layers", "call model.eval() before exporting");
    }
    String kind =
        switch (call.op()) {
          case "lstm" -> "LSTM";
          case "gru" -> "GRU";
          default -> "RNN";
        };
    boolean lstm = kind.equals("LSTM");
    int layers = (int) call.integer("num_layers");
    int directions = call.flag("bidirectional") ? 2 : 1;
    boolean biased = call.flag("has_biases");
    List<Value> params = call.tensors("params");
    int each = biased ? 4 : 2;
    boolean projected = params.size() == layers * directions * (each + 1);
    if (call.rank("input") != 3) {
      return Translation.unsupported("a sequence without batch", "give it a batch dimension");
    }
    boolean batchFirst = call.flag("batch_first");
    Value x = call.tensor("input");
    if (batchFirst) {
      x = AxisOrderTranslator.transpose(onnx, x, List.of(1L, 0L, 2L));
    }
    if (projected) {
      return projected(call, onnx, x, layers, directions);
    }
    List<Value> states = lstm ? call.tensors("hx") : List.of(call.tensor("hx"));
    List<Value> hidden = new ArrayList<>();
    List<Value> cells = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      List<Value> own = params.subList(layer * directions * each, (layer + 1) * directions * each);
      List<Value> initial = new ArrayList<>();
      for (Value state : states) {
        initial.add(layers == 1 ? state : layerState(onnx, state, layer, directions));
      }
      List<Value> results = layer(call, onnx, kind, x, own, each, directions, initial);
      // [T, directions, N, H] → [T, N, directions · H]
      Value turned = AxisOrderTranslator.transpose(onnx, results.get(0), List.of(0L, 2L, 1L, 3L));
      x = onnx.add("Reshape", turned, onnx.vector(0, 0, -1));
      hidden.add(results.get(1));
      if (lstm) {
        cells.add(results.get(2));
      }
    }
    if (batchFirst) {
      x = AxisOrderTranslator.transpose(onnx, x, List.of(1L, 0L, 2L));
    }
    List<Value> outputs = new ArrayList<>(List.of(x, joined(onnx, hidden)));
    if (lstm) {
      outputs.add(joined(onnx, cells));
    }
    return Translation.of(outputs);
  }

  private static Translation projected(
      Call call, OnnxNodes onnx, Value sequence, int layers, int directions) {
    boolean biased = call.flag("has_biases");
    int each = biased ? 5 : 3;
    List<Value> params = call.tensors("params");
    List<Value> states = call.tensors("hx");
    DataType type = OnnxNodes.onnx(call.result().dtype());
    Value x = sequence;
    List<Value> hidden = new ArrayList<>();
    List<Value> cells = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      int first = layer * directions;
      List<List<Value>> own = new ArrayList<>();
      for (int place = first; place < first + directions; place++) {
        own.add(params.subList(place * each, (place + 1) * each));
      }
      ProjectedLayer.Result result =
          new ProjectedLayer(type, biased, own).over(onnx, x, states.get(0), states.get(1), first);
      x = result.sequence();
      hidden.add(result.hidden());
      cells.add(result.cells());
    }
    if (call.flag("batch_first")) {
      x = AxisOrderTranslator.transpose(onnx, x, List.of(1L, 0L, 2L));
    }
    return Translation.of(List.of(x, joined(onnx, hidden), joined(onnx, cells)));
  }

  private static List<Value> layer(
      Call call,
      OnnxNodes onnx,
      String kind,
      Value x,
      List<Value> params,
      int each,
      int directions,
      List<Value> initial) {
    List<Value> inputWeights = new ArrayList<>();
    List<Value> recurrentWeights = new ArrayList<>();
    List<Value> biases = new ArrayList<>();
    for (int direction = 0; direction < directions; direction++) {
      List<Value> own = params.subList(direction * each, (direction + 1) * each);
      inputWeights.add(reordered(onnx, kind, own.get(0)));
      recurrentWeights.add(reordered(onnx, kind, own.get(1)));
      if (each == 4) {
        biases.add(
            onnx.add(
                NodeSpec.of("Concat")
                    .inputs(reordered(onnx, kind, own.get(2)), reordered(onnx, kind, own.get(3)))
                    .attribute("axis", 0)));
      }
    }
    List<@Nullable Value> inputs = new ArrayList<>();
    inputs.add(x);
    inputs.add(stacked(onnx, inputWeights));
    inputs.add(stacked(onnx, recurrentWeights));
    inputs.add(biases.isEmpty() ? null : stacked(onnx, biases));
    inputs.add(null);
    inputs.addAll(initial);
    NodeSpec spec = NodeSpec.of(kind).inputs(inputs).attribute("hidden_size", hiddenSize(call));
    if (directions == 2) {
      spec = spec.attribute("direction", Attribute.of("bidirectional"));
    }
    if (kind.equals("GRU")) {
      spec = spec.attribute("linear_before_reset", 1);
    }
    if (call.op().equals("rnn_relu")) {
      spec =
          spec.attribute(
              "activations", Attribute.strings(java.util.Collections.nCopies(directions, "Relu")));
    }
    return onnx.add(spec, kind.equals("LSTM") ? 3 : 2);
  }

  private static long hiddenSize(Call call) {
    String recurrent = call.tensorNames("params").get(1);
    return switch (call.metaOf(recurrent).sizes().get(1)) {
      case dev.octet.torch.graph.SymInt.Known(long size) -> size;
      case dev.octet.torch.graph.SymInt.Expression _ ->
          throw new UnsupportedArgument("a varying hidden size");
    };
  }

  private static Value reordered(OnnxNodes onnx, String kind, Value stackedGates) {
    int[] order = GATES.getOrDefault(kind, new int[] {0});
    if (order.length == 1) {
      return stackedGates;
    }
    return GateOrder.reorder(onnx, stackedGates, order);
  }

  private static Value stacked(OnnxNodes onnx, List<Value> values) {
    List<Value> rows =
        values.stream().map(value -> onnx.add("Unsqueeze", value, onnx.vector(0))).toList();
    return joined(onnx, rows);
  }

  private static Value joined(OnnxNodes onnx, List<Value> values) {
    return values.size() == 1
        ? values.getFirst()
        : onnx.add(NodeSpec.of("Concat").inputs(values).attribute("axis", 0));
  }

  private static Value layerState(OnnxNodes onnx, Value state, int layer, int directions) {
    long start = (long) layer * directions;
    return SlicingTranslator.slice(onnx, state, 0, Size.of(start), Size.of(start + directions), 1);
  }
}
