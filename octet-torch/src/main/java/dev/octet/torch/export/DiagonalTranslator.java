package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Diagonals read, put into a matrix, and the places of triangles → `GatherND`, `Where` under a
/// constant mask, constants.
final class DiagonalTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.diagonal",
        "aten.linalg_diagonal",
        "aten.diag",
        "aten.diagflat",
        "aten.diag_embed",
        "aten.diagonal_scatter",
        "aten.fill_diagonal",
        "aten.tril_indices",
        "aten.triu_indices");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "diagonal" -> Translation.of(diagonal(call, onnx, "self"));
      case "linalg_diagonal" -> Translation.of(diagonal(call, onnx, "A"));
      case "diag" -> Translation.of(diag(call, onnx));
      case "diagflat" -> {
        Value flat = onnx.add("Reshape", call.tensor("self"), onnx.vector(-1));
        yield Translation.of(square(call, onnx, flat, call.integer("offset")));
      }
      case "diag_embed" -> Translation.of(embedded(call, onnx));
      case "diagonal_scatter" -> Translation.of(replaced(call, onnx));
      case "fill_diagonal" -> filled(call, onnx);
      default -> Translation.of(triangle(call, onnx));
    };
  }

  private static Value diagonal(Call call, OnnxNodes onnx, String name) {
    int rank = call.rank(name);
    return read(
        call, onnx, name, call.axis("dim1", rank), call.axis("dim2", rank), call.integer("offset"));
  }

  private static Value read(
      Call call, OnnxNodes onnx, String name, int first, int second, long offset) {
    int rank = call.rank(name);
    long length =
        known(call.result().sizes().getLast(), "the diagonal of a matrix of varying size");
    List<Long> order = new ArrayList<>(List.of((long) first, (long) second));
    LongStream.range(0, rank).filter(axis -> axis != first && axis != second).forEach(order::add);
    long[] places = new long[(int) (2 * length)];
    for (int i = 0; i < length; i++) {
      places[2 * i] = i + Math.max(0, -offset);
      places[2 * i + 1] = i + Math.max(0, offset);
    }
    Value index = onnx.constant("diagonal", DenseTensor.ofLongs(places, length, 2));
    Value picked =
        onnx.add("GatherND", AxisOrderTranslator.transpose(onnx, call.tensor(name), order), index);
    List<Long> last = new ArrayList<>(LongStream.range(1, rank - 1).boxed().toList());
    last.add(0L);
    return AxisOrderTranslator.transpose(onnx, picked, last);
  }

  private static Value diag(Call call, OnnxNodes onnx) {
    long offset = call.integer("diagonal");
    return call.rank("self") == 1
        ? square(call, onnx, call.tensor("self"), offset)
        : read(call, onnx, "self", 0, 1, offset);
  }

  private static Value square(Call call, OnnxNodes onnx, Value vector, long offset) {
    long size = known(call.result().sizes().getLast(), "a diagonal of varying length");
    return laid(onnx, vector, 1, zero(call, onnx), size, size, offset);
  }

  private static Value embedded(Call call, OnnxNodes onnx) {
    int rank = call.rank("self") + 1;
    int first = call.axis("dim1", rank);
    int second = call.axis("dim2", rank);
    long size = known(call.result().sizes().get(first), "a diagonal of varying length");
    long offset = call.integer("offset");
    Value matrix = laid(onnx, call.tensor("self"), rank - 1, zero(call, onnx), size, size, offset);
    return placed(onnx, matrix, rank, first, second);
  }

  private static Value replaced(Call call, OnnxNodes onnx) {
    int rank = call.rank("self");
    int first = call.axis("dim1", rank);
    int second = call.axis("dim2", rank);
    List<Long> order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
    order.removeAll(List.of((long) first, (long) second));
    order.addAll(List.of((long) first, (long) second));
    Value self = AxisOrderTranslator.transpose(onnx, call.tensor("self"), order);
    List<SymInt> sizes = call.meta("self").sizes();
    Value matrix =
        laid(
            onnx,
            call.tensor("src"),
            rank - 1,
            self,
            known(sizes.get(first), "a diagonal of varying length"),
            known(sizes.get(second), "a diagonal of varying length"),
            call.integer("offset"));
    return placed(onnx, matrix, rank, first, second);
  }

  /// Vectors on the diagonals of other matrices.
  private static Value laid(
      OnnxNodes onnx, Value vectors, int rank, Value rest, long rows, long columns, long offset) {
    boolean byRow = offset >= 0;
    long length = Math.min(rows - Math.max(0, -offset), columns - Math.max(0, offset));
    long missing = (byRow ? rows : columns) - length;
    Value longer = vectors;
    if (missing > 0) {
      long[] pads = new long[2 * rank];
      pads[2 * rank - 1] = missing;
      longer = onnx.add("Pad", vectors, onnx.vector(pads));
    }
    Value raised = onnx.add("Unsqueeze", longer, onnx.vector(byRow ? -1 : -2));
    return onnx.add("Where", mask(onnx, rows, columns, offset), raised, rest);
  }

  private static Value placed(OnnxNodes onnx, Value matrix, int rank, int first, int second) {
    Long[] order = new Long[rank];
    order[first] = rank - 2L;
    order[second] = rank - 1L;
    long next = 0;
    for (int axis = 0; axis < rank; axis++) {
      if (axis != first && axis != second) {
        order[axis] = next++;
      }
    }
    return AxisOrderTranslator.transpose(onnx, matrix, List.of(order));
  }

  private static Translation filled(Call call, OnnxNodes onnx) {
    List<SymInt> sizes = call.meta("self").sizes();
    if (sizes.size() != 2) {
      return Translation.unsupported(
          "the diagonal of a tensor of more than two axes", "write it with torch.where");
    }
    long rows = known(sizes.get(0), "a diagonal of varying length");
    long columns = known(sizes.get(1), "a diagonal of varying length");
    TorchDtype type = call.result().dtype();
    boolean wraps = call.node().argument("wrap").isPresent() && call.flag("wrap");
    if (wraps && rows > columns) {
      return Translation.unsupported("a diagonal that starts again", "leave wrap out");
    }
    return Translation.of(
        onnx.add(
            "Where",
            mask(onnx, rows, columns, 0),
            call.operand("fill_value", type),
            call.tensor("self")));
  }

  private static Value mask(OnnxNodes onnx, long rows, long columns, long offset) {
    byte[] mask = new byte[Math.toIntExact(rows * columns)];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) (i % columns - i / columns == offset ? 1 : 0);
    }
    return onnx.constant("diagonal", DenseTensor.ofBytes(DataType.BOOL, mask, rows, columns));
  }

  private static Value zero(Call call, OnnxNodes onnx) {
    return onnx.scalar(OnnxNodes.onnx(call.result().dtype()), 0);
  }

  private static Value triangle(Call call, OnnxNodes onnx) {
    int columns = (int) call.integer("col");
    long offset = call.integer("offset");
    boolean lower = call.op().startsWith("tril");
    int[] inside =
        IntStream.range(0, (int) call.integer("row") * columns)
            .filter(
                i ->
                    lower
                        ? i % columns - i / columns <= offset
                        : i % columns - i / columns >= offset)
            .toArray();
    long[] places = new long[2 * inside.length];
    for (int i = 0; i < inside.length; i++) {
      places[i] = inside[i] / columns;
      places[inside.length + i] = inside[i] % columns;
    }
    Value indices = onnx.constant("triangle", DenseTensor.ofLongs(places, 2, inside.length));
    return onnx.cast(indices, TorchDtype.INT64, call.result().dtype());
  }

  private static long known(SymInt size, String what) {
    if (size instanceof SymInt.Known(long value)) {
      return value;
    }
    throw new UnsupportedArgument(what);
  }
}
