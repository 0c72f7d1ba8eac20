package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.BodyNames;
import dev.octet.torch.graph.TensorMeta;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// `cond` → `If`, `while_loop` → `Loop`, `map` and `scan` → `Scan`. A branch or body sees the
/// operands that do not change as values of the graph around it.
final class ControlFlowTranslator implements AtenTranslator {
  /// A branch or body and what it is called from outside.
  private record Body(String name, AtenGraph graph) {}

  @Override
  public Set<String> operators() {
    return Set.of(
        "higher_order.cond",
        "higher_order.while_loop",
        "higher_order.map_impl",
        "higher_order.scan");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "cond" -> choice(call, onnx);
      case "while_loop" -> loop(call, onnx);
      case "map_impl" ->
          scan(call, onnx, body(call, 0), List.of(), tensors(call, 1), tensors(call, 2));
      default ->
          scan(call, onnx, body(call, 0), tensors(call, 1), tensors(call, 2), tensors(call, 3));
    };
  }

  private static Translation choice(Call call, OnnxNodes onnx) {
    List<Value> operands = tensors(call, 3);
    NodeSpec node =
        NodeSpec.of("If")
            .inputs(call.condition(call.positional(0)))
            .attribute("then_branch", branch(call, onnx, body(call, 1), operands))
            .attribute("else_branch", branch(call, onnx, body(call, 2), operands));
    return Translation.of(onnx.add(node, call.node().outputNames().size()));
  }

  private static Attribute branch(Call call, OnnxNodes onnx, Body branch, List<Value> operands) {
    OnnxNodes inside = onnx.inside("branch");
    List<Value> results = call.nested(branch.name(), branch.graph(), operands, inside);
    List<TensorMeta> metas = outputs(branch.graph());
    for (int i = 0; i < results.size(); i++) {
      inside.output(results.get(i), call.type(metas.get(i)));
    }
    return Attribute.of(inside.graph());
  }

  // ONNX asks for the next round's condition at the end of a round, PyTorch before each.
  private static Translation loop(Call call, OnnxNodes onnx) {
    Body condition = body(call, 0);
    Body body = body(call, 1);
    List<Value> carried = tensors(call, 2);
    List<Value> fixed = tensors(call, 3);
    String before = BodyNames.before(condition.name());
    Value first = onlyOne(call.nested(before, condition.graph(), joined(carried, fixed), onnx));

    OnnxNodes inside = onnx.inside("body");
    ValueType truth = ValueType.tensor(DataType.BOOL, Shape.of());
    inside.input("round", ValueType.tensor(DataType.INT64, Shape.of()));
    inside.input("go_on", truth);
    List<TensorMeta> metas = outputs(body.graph());
    List<Value> state = new ArrayList<>();
    for (TensorMeta meta : metas) {
      state.add(inside.input("state", call.type(meta)));
    }
    List<Value> next = call.nested(body.name(), body.graph(), joined(state, fixed), inside);
    String after = BodyNames.after(condition.name());
    inside.output(
        onlyOne(call.nested(after, condition.graph(), joined(next, fixed), inside)), truth);
    for (int i = 0; i < next.size(); i++) {
      inside.output(next.get(i), call.type(metas.get(i)));
    }
    List<Value> inputs = new ArrayList<>(Collections.singletonList(null));
    inputs.add(first);
    inputs.addAll(carried);
    return Translation.of(
        onnx.add(
            NodeSpec.of("Loop").inputs(inputs).attribute("body", Attribute.of(inside.graph())),
            carried.size()));
  }

  private static Translation scan(
      Call call,
      OnnxNodes onnx,
      Body body,
      List<Value> carried,
      List<Value> scanned,
      List<Value> fixed) {
    OnnxNodes inside = onnx.inside("body");
    List<Value> operands = new ArrayList<>();
    for (int i = 0; i < carried.size() + scanned.size(); i++) {
      String name = i < carried.size() ? "state" : "element";
      operands.add(inside.input(name, call.type(input(body.graph(), i))));
    }
    List<Value> results = call.nested(body.name(), body.graph(), joined(operands, fixed), inside);
    List<TensorMeta> metas = outputs(body.graph());
    for (int i = 0; i < results.size(); i++) {
      inside.output(results.get(i), call.type(metas.get(i)));
    }
    return Translation.of(
        onnx.add(
            NodeSpec.of("Scan")
                .inputs(joined(carried, scanned))
                .attribute("num_scan_inputs", scanned.size())
                .attribute("body", Attribute.of(inside.graph())),
            results.size()));
  }

  private static Value onlyOne(List<Value> results) {
    return results.getFirst();
  }

  private static Body body(Call call, int index) {
    if (call.positional(index) instanceof AtenArgument.Subgraph(String name, AtenGraph graph)) {
      return new Body(BodyNames.body(call.node(), name), graph);
    }
    throw new UnsupportedArgument("argument " + index + " is no graph");
  }

  private static List<Value> tensors(Call call, int index) {
    return switch (call.positional(index)) {
      case AtenArgument.Tensors(List<String> names) -> names.stream().map(call::named).toList();
      case AtenArgument.Ints(List<Long> none) when none.isEmpty() -> List.of();
      default -> throw new UnsupportedArgument("an operand is something other than a tensor");
    };
  }

  private static TensorMeta input(AtenGraph graph, int index) {
    return graph.meta(graph.inputs().get(index).references().getFirst());
  }

  private static List<TensorMeta> outputs(AtenGraph graph) {
    return graph.outputs().stream()
        .flatMap(output -> output.references().stream())
        .map(graph::meta)
        .toList();
  }

  private static List<Value> joined(List<Value> first, List<Value> second) {
    List<Value> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
