package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Sums, means, extremes and moments over axes → `Reduce…`, `ArgMax`, `ArgMin`.
final class ReduceTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.sum",
        "aten.mean",
        "aten.nansum",
        "aten.nanmean",
        "aten.prod",
        "aten.amax",
        "aten.amin",
        "aten.max",
        "aten.min",
        "aten.argmax",
        "aten.argmin",
        "aten.any",
        "aten.all",
        "aten.logsumexp",
        "aten.var",
        "aten.std",
        "aten.var_mean",
        "aten.linalg_vector_norm",
        "aten.norm",
        "aten.linalg_norm",
        "aten.std_mean",
        "aten.aminmax",
        "aten.count_nonzero",
        "aten.cumsum",
        "aten.topk");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "sum" -> Translation.of(typed(call, onnx, "ReduceSum"));
      case "mean" -> Translation.of(typed(call, onnx, "ReduceMean"));
      case "nansum" -> Translation.of(reduced(call, onnx, "ReduceSum", known(call, onnx)));
      case "nanmean" -> {
        DataType type = OnnxNodes.onnx(call.result().dtype());
        Value there = onnx.add("Not", onnx.add("IsNaN", call.tensor("self")));
        Value count = reduced(call, onnx, "ReduceSum", onnx.castTo(there, type));
        yield Translation.of(
            onnx.add("Div", reduced(call, onnx, "ReduceSum", known(call, onnx)), count));
      }
      case "prod" -> Translation.of(typed(call, onnx, "ReduceProd"));
      case "amax" -> Translation.of(typed(call, onnx, "ReduceMax"));
      case "amin" -> Translation.of(typed(call, onnx, "ReduceMin"));
      case "logsumexp" -> Translation.of(typed(call, onnx, "ReduceLogSumExp"));
      case "aminmax" ->
          Translation.of(List.of(typed(call, onnx, "ReduceMin"), typed(call, onnx, "ReduceMax")));
      case "count_nonzero" ->
          Translation.of(
              reduced(
                  call,
                  onnx,
                  "ReduceSum",
                  onnx.castTo(call.operand("self", TorchDtype.BOOL), DataType.INT64)));
      case "max", "min" -> extreme(call, onnx);
      case "argmax", "argmin" -> Translation.of(position(call, onnx));
      case "any", "all" -> Translation.of(quantified(call, onnx));
      case "cumsum" -> {
        TorchDtype type = call.result().dtype();
        yield Translation.of(
            onnx.add(
                "CumSum",
                call.operand("self", type),
                onnx.scalar(DataType.INT64, call.axis("dim", call.rank("self")))));
      }
      case "topk" -> {
        NodeSpec spec =
            NodeSpec.of("TopK")
                .inputs(call.tensor("self"), onnx.sizes(List.of(call.size("k"))))
                .attribute("axis", call.axis("dim", call.rank("self")));
        yield Translation.of(
            onnx.add(call.flag("largest") ? spec : spec.attribute("largest", 0), 2));
      }
      case "linalg_vector_norm", "norm", "linalg_norm" -> norm(call, onnx);
      default -> moments(call, onnx);
    };
  }

  /// The input with zeros where it is no number.
  private static Value known(Call call, OnnxNodes onnx) {
    TorchDtype type = call.result().dtype();
    Value x = call.operand("self", type);
    return type.isFloat()
        ? onnx.add("Where", onnx.add("IsNaN", x), onnx.scalar(OnnxNodes.onnx(type), 0), x)
        : x;
  }

  private static Value typed(Call call, OnnxNodes onnx, String op) {
    return reduced(call, onnx, op, call.operand("self", call.result().dtype()));
  }

  private static Value reduced(Call call, OnnxNodes onnx, String op, Value input) {
    return onnx.add(spec(call, onnx, op, input));
  }

  private static NodeSpec spec(Call call, OnnxNodes onnx, String op, Value input) {
    @Nullable Value axes = axes(call, onnx);
    NodeSpec spec =
        axes == null ? NodeSpec.of(op).inputs(input) : NodeSpec.of(op).inputs(input, axes);
    return spec.attribute("keepdims", keeps(call) ? 1 : 0);
  }

  private static @Nullable Value axes(Call call, OnnxNodes onnx) {
    boolean whole = call.overload().equals("default") && !hasAxes(call);
    if (whole || !call.given("dim")) {
      return null;
    }
    List<Long> axes = call.axes("dim", call.rank("self"));
    return axes.isEmpty() ? null : onnx.vector(axes);
  }

  private static boolean hasAxes(Call call) {
    return AtenSchemas.standard().parameter(call.node().op(), "dim").isPresent();
  }

  private static boolean keeps(Call call) {
    return AtenSchemas.standard().parameter(call.node().op(), "keepdim").isPresent()
        && call.flag("keepdim");
  }

  private static Translation extreme(Call call, OnnxNodes onnx) {
    boolean max = call.op().equals("max");
    if (call.overload().equals("other")) {
      TorchDtype type = call.result().dtype();
      return Translation.of(
          onnx.add(max ? "Max" : "Min", call.operand("self", type), call.operand("other", type)));
    }
    Value value = reduced(call, onnx, max ? "ReduceMax" : "ReduceMin", call.tensor("self"));
    if (!call.overload().equals("dim")) {
      return Translation.of(value);
    }
    return Translation.of(List.of(value, position(call, onnx)));
  }

  private static Value position(Call call, OnnxNodes onnx) {
    boolean max = call.op().endsWith("max");
    Value input = call.tensor("self");
    NodeSpec spec = NodeSpec.of(max ? "ArgMax" : "ArgMin");
    if (!call.given("dim")) {
      Value flat = onnx.add("Reshape", input, onnx.vector(-1));
      return onnx.add(spec.inputs(flat).attribute("axis", 0).attribute("keepdims", 0));
    }
    return onnx.add(
        spec.inputs(input)
            .attribute("axis", call.axis("dim", call.rank("self")))
            .attribute("keepdims", keeps(call) ? 1 : 0));
  }

  private static Value quantified(Call call, OnnxNodes onnx) {
    Value truth = call.operand("self", TorchDtype.BOOL);
    Value numbers = onnx.castTo(truth, DataType.INT32);
    String op = call.op().equals("any") ? "ReduceMax" : "ReduceMin";
    return onnx.castTo(reduced(call, onnx, op, numbers), DataType.BOOL);
  }

  private static Translation norm(Call call, OnnxNodes onnx) {
    String order = call.op().equals("norm") ? "p" : "ord";
    double p = call.given(order) ? call.number(order) : 2;
    TorchDtype dtype = call.result().dtype();
    boolean matrix =
        call.op().equals("linalg_norm") && (!call.given("dim") || call.integers("dim").size() != 1);
    if (matrix && call.given(order)) {
      return Translation.unsupported("a matrix norm", "torch.linalg.vector_norm is translated");
    }
    return Translation.of(
        Norms.over(
            onnx,
            call.operand("self", dtype),
            OnnxNodes.onnx(dtype),
            p,
            axes(call, onnx),
            keeps(call)));
  }

  // E[(x − mean)²], times N / (N − correction).
  private static Translation moments(Call call, OnnxNodes onnx) {
    double correction =
        call.overload().startsWith("correction")
            ? (call.given("correction") ? call.number("correction") : 1)
            : call.flag("unbiased") ? 1 : 0;
    TorchDtype type = call.result().dtype();
    DataType onnxType = OnnxNodes.onnx(type);
    Value input = call.tensor("self");
    Value mean = onnx.add(spec(call, onnx, "ReduceMean", input).attribute("keepdims", 1));
    Value centred = onnx.add("Sub", input, mean);
    Value variance = reduced(call, onnx, "ReduceMean", onnx.add("Mul", centred, centred));
    if (correction != 0) {
      Value all = onnx.castTo(onnx.add("Size", input), onnxType);
      Value groups = onnx.castTo(onnx.add("Size", mean), onnxType);
      Value count = onnx.add("Div", all, groups);
      Value less = onnx.add("Sub", count, onnx.scalar(onnxType, correction));
      variance = onnx.add("Mul", variance, onnx.add("Div", count, less));
    }
    Value spread = call.op().startsWith("std") ? onnx.add("Sqrt", variance) : variance;
    return call.op().endsWith("_mean")
        ? Translation.of(List.of(spread, reduced(call, onnx, "ReduceMean", input)))
        : Translation.of(spread);
  }
}
