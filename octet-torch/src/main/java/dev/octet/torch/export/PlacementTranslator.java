package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// Elements put at places of the flattened tensor or merged into slices → `ScatterElements`.
final class PlacementTranslator implements AtenTranslator {
  private static final int EXTREMES_OPSET = 18;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.put",
        "aten.index_reduce",
        "aten.as_strided_scatter",
        "aten.max_unpool2d",
        "aten.max_unpool3d",
        "aten.nonzero_static");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "put" -> {
        Value index = onnx.add("Reshape", call.tensor("index"), onnx.vector(-1));
        Value source = onnx.add("Reshape", call.tensor("source"), onnx.vector(-1));
        String reduction = call.flag("accumulate") ? "add" : "";
        yield Translation.of(flatly(call, onnx, index, source, reduction));
      }
      case "index_reduce" -> merged(call, onnx);
      case "as_strided_scatter" -> strided(call, onnx);
      case "nonzero_static" -> Translation.of(places(call, onnx));
      default -> Translation.of(unpooled(call, onnx));
    };
  }

  private static Value put(
      OnnxNodes onnx, Value self, int axis, Value index, Value updates, String reduction) {
    NodeSpec spec =
        NodeSpec.of("ScatterElements").inputs(self, index, updates).attribute("axis", axis);
    return onnx.add(
        reduction.isEmpty() ? spec : spec.attribute("reduction", Attribute.of(reduction)));
  }

  private static Value flatly(
      Call call, OnnxNodes onnx, Value index, Value source, String reduction) {
    Value self = call.tensor("self");
    Value flat = onnx.add("Reshape", self, onnx.vector(-1));
    return onnx.add("Reshape", put(onnx, flat, 0, index, source, reduction), onnx.shapeOf(self));
  }

  private static Translation merged(Call call, OnnxNodes onnx) {
    String reduction =
        switch (call.text("reduce")) {
          case "prod" -> "mul";
          case "amax" -> "max";
          case "amin" -> "min";
          default -> "add";
        };
    if (reduction.startsWith("m") && !reduction.equals("mul") && onnx.opset() < EXTREMES_OPSET) {
      return Translation.unsupported(
          "extremes merged into slices, before opset 18", "export with --opset 18 or later");
    }
    if (!call.flag("include_self")) {
      return Translation.unsupported(
          "index_reduce without the tensor's own numbers",
          "use scatter_reduce with include_self=False");
    }
    DataType type = OnnxNodes.onnx(call.result().dtype());
    int rank = call.rank("self");
    int axis = call.axis("dim", rank);
    List<Long> dims = new ArrayList<>(Collections.nCopies(rank, 1L));
    dims.set(axis, -1L);
    Value source = call.tensor("source");
    Value laid = onnx.add("Reshape", call.operand("index", TorchDtype.INT64), onnx.vector(dims));
    Value index = onnx.add("Expand", laid, onnx.shapeOf(source));
    Value self = call.tensor("self");
    Value result = put(onnx, self, axis, index, source, reduction);
    if (call.text("reduce").equals("mean")) {
      Value ones = onnx.add("Expand", onnx.scalar(type, 1), onnx.shapeOf(source));
      Value base = onnx.add("Expand", onnx.scalar(type, 1), onnx.shapeOf(self));
      result = onnx.add("Div", result, put(onnx, base, axis, index, ones, "add"));
    }
    return Translation.of(result);
  }

  private static Translation strided(Call call, OnnxNodes onnx) {
    List<Long> sizes = call.integers("size");
    long offset = call.given("storage_offset") ? call.integer("storage_offset") : 0;
    if (!Strided.isRowByRow(call.meta("self"))) {
      return Translation.unsupported(
          "as_strided_scatter into a tensor that is not laid out row by row",
          "call contiguous() first");
    }
    long[] places = Strided.places(sizes, call.integers("stride"), offset);
    Value index = onnx.constant("places", DenseTensor.ofLongs(places, places.length));
    Value source = onnx.add("Reshape", call.tensor("src"), onnx.vector(-1));
    return Translation.of(flatly(call, onnx, index, source, ""));
  }

  // Places of maxima count within a plane; everything else there is zero.
  private static Value unpooled(Call call, OnnxNodes onnx) {
    Value self = call.tensor("self");
    int dims = call.op().equals("max_unpool2d") ? 2 : 3;
    DataType type = OnnxNodes.onnx(call.result().dtype());
    List<Size> lead = ReshapeTranslator.own(call, onnx, "self");
    lead = new ArrayList<>(lead.subList(0, lead.size() - dims));
    List<Size> shape = new ArrayList<>(lead);
    shape.addAll(call.sizes("output_size"));
    long plane = call.integers("output_size").stream().reduce(1L, Math::multiplyExact);
    List<Size> flat = new ArrayList<>(lead);
    flat.add(Size.of(plane));
    List<Size> rest = new ArrayList<>(lead);
    rest.add(Size.of(-1));
    Value zeros = onnx.add("Expand", onnx.scalar(type, 0), onnx.sizes(flat));
    Value into = onnx.sizes(rest);
    Value index = onnx.add("Reshape", call.tensor("indices"), into);
    Value numbers = onnx.add("Reshape", self, into);
    return onnx.add(
        "Reshape", put(onnx, zeros, lead.size(), index, numbers, ""), onnx.sizes(shape));
  }

  private static Value places(Call call, OnnxNodes onnx) {
    long size = call.integer("size");
    Value found = ScatterTranslator.transposedNonZero(onnx, call.tensor("self"));
    Value filler =
        onnx.add(
            "Expand",
            onnx.scalar(DataType.INT64, call.integer("fill_value")),
            onnx.vector(size, call.rank("self")));
    Value enough = onnx.add(NodeSpec.of("Concat").inputs(found, filler).attribute("axis", 0));
    return SlicingTranslator.slice(onnx, enough, 0, Size.of(0), Size.of(size), 1);
  }
}
