package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Factors of matrices, one column a round: Cholesky's, and Householder's reflections with the
/// signs LAPACK chooses.
final class FactorizationTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.cholesky",
        "aten.linalg_cholesky",
        "aten.linalg_cholesky_ex",
        "aten.linalg_qr",
        "aten.linalg_householder_product",
        "aten.orgqr");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    DataType type = OnnxNodes.onnx(call.results().getFirst().dtype());
    return switch (call.op()) {
      case "cholesky", "linalg_cholesky", "linalg_cholesky_ex" ->
          Translation.of(cholesky(call, onnx, type));
      case "linalg_qr" -> qr(call, onnx, type);
      case "orgqr" -> Translation.of(product(call, onnx, type, "self", "input2"));
      default -> Translation.of(product(call, onnx, type, "input", "tau"));
    };
  }

  private static Value cholesky(Call call, OnnxNodes onnx, DataType type) {
    int rank = call.rank("self");
    Size n = ReshapeTranslator.own(call, onnx, "self").getLast();
    Value rows = Elimination.places(onnx, n);
    boolean upper = call.flag("upper");
    Value a = call.tensor("self");
    // Only one triangle is looked at: the lower one of this.
    Value start = upper ? MatrixFunctionTranslator.transposed(onnx, a, rank) : a;
    Value columns =
        Rounds.counted(
                onnx,
                onnx.scalar(n),
                List.of(start),
                List.of(type, type),
                (inside, k, state) -> {
                  Value rest = state.getFirst();
                  Value column = picked(inside, rest, k, -1);
                  Value here = inside.add("Unsqueeze", k, inside.vector(0));
                  Value root = inside.add("Sqrt", picked(inside, column, here, -1));
                  Value factor =
                      inside.add(
                          "Where",
                          inside.add("GreaterOrEqual", rows, k),
                          inside.add("Div", column, root),
                          inside.scalar(type, 0));
                  Value square = inside.add("Mul", standing(inside, factor), lying(inside, factor));
                  return List.of(inside.add("Sub", rest, square), factor);
                })
            .get(1);
    // The column's number is the first axis.
    List<Long> order = new ArrayList<>(LongStream.range(1, rank).boxed().toList());
    order.add(upper ? rank - 2 : rank - 1, 0L);
    return AxisOrderTranslator.transpose(onnx, columns, order);
  }

  private static Translation qr(Call call, OnnxNodes onnx, DataType type) {
    List<Size> sizes = ReshapeTranslator.own(call, onnx, "A");
    int rank = sizes.size();
    if (!(sizes.get(rank - 2) instanceof Size.Fixed(long m))
        || !(sizes.getLast() instanceof Size.Fixed(long n))) {
      return Translation.unsupported("the factors of a matrix of varying size");
    }
    long count = Math.min(m, n);
    Value rows = Elimination.places(onnx, Size.of(m));
    Value a = call.tensor("A");
    List<Value> results =
        Rounds.counted(
            onnx,
            onnx.scalar(DataType.INT64, count),
            List.of(a, identities(onnx, a, m, rank, type)),
            List.of(type, type),
            (inside, k, state) -> {
              Value column = picked(inside, state.get(0), k, -1);
              Reflection reflection = Reflection.clearing(inside, column, rows, k, type);
              return List.of(
                  reflection.before(inside, state.get(0)), reflection.after(inside, state.get(1)));
            });
    Value upper = onnx.add("Trilu", results.get(0), onnx.scalar(DataType.INT64, 0));
    if (!call.text("mode").equals("reduced")) {
      return call.text("mode").equals("complete")
          ? Translation.of(List.of(results.get(1), upper))
          : Translation.of(Arrays.asList(null, cut(onnx, upper, -2, count)));
    }
    return Translation.of(
        List.of(cut(onnx, results.get(1), -1, count), cut(onnx, upper, -2, count)));
  }

  private static Value product(
      Call call, OnnxNodes onnx, DataType type, String vectors, String factors) {
    List<Size> sizes = ReshapeTranslator.own(call, onnx, vectors);
    int rank = sizes.size();
    if (!(sizes.get(rank - 2) instanceof Size.Fixed(long m))
        || !(sizes.getLast() instanceof Size.Fixed(long n))) {
      throw new UnsupportedArgument("reflections of a matrix of varying size");
    }
    Value rows = Elimination.places(onnx, Size.of(m));
    Value a = call.tensor(vectors);
    Value tau = call.tensor(factors);
    Size count = ReshapeTranslator.own(call, onnx, factors).getLast();
    Value product =
        Rounds.counted(
                onnx,
                onnx.scalar(count),
                List.of(identities(onnx, a, m, rank, type)),
                List.of(type),
                (inside, k, state) -> {
                  Value here = inside.add("Unsqueeze", k, inside.vector(0));
                  Reflection reflection =
                      Reflection.stored(
                          inside,
                          picked(inside, a, k, -1),
                          picked(inside, tau, here, -1),
                          rows,
                          k,
                          type);
                  return List.of(reflection.after(inside, state.getFirst()));
                })
            .getFirst();
    return cut(onnx, product, -1, n);
  }

  private static Value identities(OnnxNodes onnx, Value a, long m, int rank, DataType type) {
    Value identity = Elimination.identity(onnx, Size.of(m), type);
    if (rank == 2) {
      return identity;
    }
    Value batch =
        onnx.add(NodeSpec.of("Shape").inputs(a).attribute("start", 0).attribute("end", -2));
    Value shape =
        onnx.add(NodeSpec.of("Concat").inputs(batch, onnx.vector(m, m)).attribute("axis", 0));
    return onnx.add("Expand", identity, shape);
  }

  private static Value cut(OnnxNodes onnx, Value matrices, int axis, long count) {
    return SlicingTranslator.slice(onnx, matrices, axis, Size.of(0), Size.of(count), 1);
  }

  private static Value picked(OnnxNodes onnx, Value value, Value index, int axis) {
    return onnx.add(NodeSpec.of("Gather").inputs(value, index).attribute("axis", axis));
  }

  private static Value standing(OnnxNodes onnx, Value vector) {
    return onnx.add("Unsqueeze", vector, onnx.vector(-1));
  }

  private static Value lying(OnnxNodes onnx, Value vector) {
    return onnx.add("Unsqueeze", vector, onnx.vector(-2));
  }

  /// `I − tau · v · vᵀ`.
  private record Reflection(Value vector, Value tau) {

    /// The one that leaves nothing of a column below place `k`.
    static Reflection clearing(OnnxNodes onnx, Value column, Value rows, Value k, DataType type) {
      Value zero = onnx.scalar(type, 0);
      Value here = onnx.add("Unsqueeze", k, onnx.vector(0));
      Value alpha = picked(onnx, column, here, -1);
      Value tail = onnx.add("Where", onnx.add("Greater", rows, k), column, zero);
      Value flat = onnx.add("Equal", onnx.add("ReduceL2", tail, onnx.vector(-1)), zero);
      Value from = onnx.add("Where", onnx.add("GreaterOrEqual", rows, k), column, zero);
      Value length = onnx.add("ReduceL2", from, onnx.vector(-1));
      Value away = onnx.add("GreaterOrEqual", alpha, zero);
      Value beta = onnx.add("Where", away, onnx.add("Neg", length), length);
      Value tau = onnx.add("Div", onnx.add("Sub", beta, alpha), beta);
      Value scaled = onnx.add("Div", tail, onnx.add("Sub", alpha, beta));
      return stored(
          onnx,
          onnx.add("Where", flat, zero, scaled),
          onnx.add("Where", flat, zero, tau),
          rows,
          k,
          type);
    }

    /// The one of which a column holds what is below place `k`.
    static Reflection stored(
        OnnxNodes onnx, Value column, Value tau, Value rows, Value k, DataType type) {
      Value tail = onnx.add("Where", onnx.add("Greater", rows, k), column, onnx.scalar(type, 0));
      Value vector = onnx.add("Where", onnx.add("Equal", rows, k), onnx.scalar(type, 1), tail);
      return new Reflection(vector, onnx.add("Unsqueeze", tau, onnx.vector(-1)));
    }

    Value before(OnnxNodes onnx, Value matrix) {
      Value along = onnx.add("MatMul", lying(onnx, vector), matrix);
      Value change = onnx.add("Mul", onnx.add("Mul", tau, standing(onnx, vector)), along);
      return onnx.add("Sub", matrix, change);
    }

    Value after(OnnxNodes onnx, Value matrix) {
      Value along = onnx.add("MatMul", matrix, standing(onnx, vector));
      Value change = onnx.add("Mul", onnx.add("Mul", tau, along), lying(onnx, vector));
      return onnx.add("Sub", matrix, change);
    }
  }
}
