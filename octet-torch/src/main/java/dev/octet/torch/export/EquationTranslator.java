package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Inverses, systems of linear equations and determinants → `Det`, [Elimination].
final class EquationTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.inverse",
        "aten.linalg_inv",
        "aten.linalg_inv_ex",
        "aten.linalg_tensorinv",
        "aten.linalg_solve",
        "aten.linalg_solve_ex",
        "aten._linalg_solve_ex",
        "aten.linalg_solve_triangular",
        "aten.triangular_solve",
        "aten.cholesky_solve",
        "aten.cholesky_inverse",
        "aten.det",
        "aten.linalg_det",
        "aten._linalg_det",
        "aten.logdet",
        "aten.slogdet",
        "aten.linalg_slogdet",
        "aten._linalg_slogdet");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    DataType type = OnnxNodes.onnx(call.results().getFirst().dtype());
    return switch (call.op()) {
      case "inverse" -> Translation.of(inverse(call, onnx, "self", type));
      case "linalg_inv" -> Translation.of(inverse(call, onnx, "A", type));
      case "linalg_inv_ex" ->
          withoutFault(onnx, inverse(call, onnx, "A", type), call.tensor("A"), 1);
      case "linalg_tensorinv" -> Translation.of(tensorInverse(call, onnx, type));
      case "linalg_solve" -> Translation.of(solution(call, onnx, type));
      case "linalg_solve_ex", "_linalg_solve_ex" ->
          withoutFault(
              onnx,
              solution(call, onnx, type),
              call.tensor("A"),
              call.op().startsWith("_") ? 3 : 1);
      case "linalg_solve_triangular" -> Translation.of(triangular(call, onnx, type));
      case "triangular_solve" -> Translation.of(olderTriangular(call, onnx, type));
      case "cholesky_solve" -> Translation.of(byFactor(call, onnx, type));
      case "cholesky_inverse" -> Translation.of(inverseByFactor(call, onnx, type));
      case "det" -> Translation.of(determinant(call, onnx, "self", type));
      case "linalg_det", "_linalg_det" -> Translation.of(determinant(call, onnx, "A", type));
      default -> logarithm(call, onnx, type);
    };
  }

  /// Beside the result, at this place: zero, for no fault. ONNX Runtime goes on with infinities
  /// where PyTorch would report one.
  private static Translation withoutFault(OnnxNodes onnx, Value result, Value matrix, int place) {
    Value batch =
        onnx.add(NodeSpec.of("Shape").inputs(matrix).attribute("start", 0).attribute("end", -2));
    @Nullable Value[] results = new Value[place + 1];
    results[0] = result;
    results[place] = onnx.add("Expand", onnx.scalar(DataType.INT32, 0), batch);
    return Translation.of(Arrays.asList(results));
  }

  private static Size order(Call call, OnnxNodes onnx, String name) {
    return ReshapeTranslator.own(call, onnx, name).getLast();
  }

  private static Value inverse(Call call, OnnxNodes onnx, String name, DataType type) {
    return Elimination.inverse(onnx, call.tensor(name), order(call, onnx, name), type);
  }

  private static Value tensorInverse(Call call, OnnxNodes onnx, DataType type) {
    List<Size> sizes = ReshapeTranslator.own(call, onnx, "self");
    int split = (int) call.integer("ind");
    long rows = 1;
    for (Size size : sizes.subList(0, split)) {
      if (!(size instanceof Size.Fixed(long count))) {
        throw new UnsupportedArgument("the inverse of a tensor of varying size");
      }
      rows *= count;
    }
    List<Size> turned = new ArrayList<>(sizes.subList(split, sizes.size()));
    turned.addAll(sizes.subList(0, split));
    Value matrix = onnx.add("Reshape", call.tensor("self"), onnx.vector(rows, rows));
    Value inverse = Elimination.inverse(onnx, matrix, Size.of(rows), type);
    return onnx.add("Reshape", inverse, onnx.sizes(turned));
  }

  private static Value solution(Call call, OnnxNodes onnx, DataType type) {
    int rank = call.rank("A");
    boolean vectors =
        call.rank("B") == 1
            || (call.rank("B") == rank - 1
                && call.meta("B").sizes().equals(call.meta("A").sizes().subList(0, rank - 1)));
    Value a = call.tensor("A");
    Value b = call.tensor("B");
    b = vectors ? onnx.add("Unsqueeze", b, onnx.vector(-1)) : b;
    int rankB = call.rank("B") + (vectors ? 1 : 0);
    Value x =
        call.flag("left") || vectors
            ? solved(call, onnx, a, rank, b, rankB, order(call, onnx, "A"), type)
            : transposed(
                onnx,
                solved(
                    call,
                    onnx,
                    transposed(onnx, a, rank),
                    rank,
                    transposed(onnx, b, rankB),
                    rankB,
                    order(call, onnx, "A"),
                    type),
                Math.max(rank, rankB));
    return vectors ? onnx.add("Squeeze", x, onnx.vector(-1)) : x;
  }

  /// Both sides are given as many matrices as the other has.
  private static Value solved(
      Call call, OnnxNodes onnx, Value a, int rankA, Value b, int rankB, Size n, DataType type) {
    boolean alone = rankA == 2 && rankB == 2;
    return Elimination.solve(
        onnx, alone ? a : spread(onnx, a, b), alone ? b : spread(onnx, b, a), n, type);
  }

  private static Value spread(OnnxNodes onnx, Value matrices, Value like) {
    Value batch =
        onnx.add(NodeSpec.of("Shape").inputs(like).attribute("start", 0).attribute("end", -2));
    Value shape =
        onnx.add(NodeSpec.of("Concat").inputs(batch, onnx.vector(1, 1)).attribute("axis", 0));
    return onnx.add("Expand", matrices, shape);
  }

  private static Value transposed(OnnxNodes onnx, Value matrices, int rank) {
    return MatrixFunctionTranslator.transposed(onnx, matrices, rank);
  }

  private static Value triangular(Call call, OnnxNodes onnx, DataType type) {
    Size n = order(call, onnx, "self");
    int rank = call.rank("self");
    int rankB = call.rank("B");
    Value a =
        half(onnx, call.tensor("self"), n, type, call.flag("upper"), call.flag("unitriangular"));
    if (call.flag("left")) {
      return solved(call, onnx, a, rank, call.tensor("B"), rankB, n, type);
    }
    Value turned = transposed(onnx, call.tensor("B"), rankB);
    Value x = solved(call, onnx, transposed(onnx, a, rank), rank, turned, rankB, n, type);
    return transposed(onnx, x, Math.max(rank, rankB));
  }

  private static Value olderTriangular(Call call, OnnxNodes onnx, DataType type) {
    Size n = order(call, onnx, "A");
    int rank = call.rank("A");
    Value a = half(onnx, call.tensor("A"), n, type, call.flag("upper"), call.flag("unitriangular"));
    Value matrix = call.flag("transpose") ? transposed(onnx, a, rank) : a;
    return solved(call, onnx, matrix, rank, call.tensor("self"), call.rank("self"), n, type);
  }

  /// The triangle of a matrix that is to be looked at.
  private static Value half(
      OnnxNodes onnx, Value a, Size n, DataType type, boolean upper, boolean unit) {
    Value half =
        onnx.add(
            NodeSpec.of("Trilu")
                .inputs(a, onnx.scalar(DataType.INT64, 0))
                .attribute("upper", upper ? 1 : 0));
    return unit
        ? onnx.add(
            "Where",
            onnx.castTo(Elimination.identity(onnx, n, type), DataType.BOOL),
            onnx.scalar(type, 1),
            half)
        : half;
  }

  // L·Lᵀ·X = B, one triangle after the other.
  private static Value byFactor(Call call, OnnxNodes onnx, DataType type) {
    Size n = order(call, onnx, "input2");
    int rank = call.rank("input2");
    int rankB = call.rank("self");
    boolean upper = call.flag("upper");
    Value factor = half(onnx, call.tensor("input2"), n, type, upper, false);
    Value turned = transposed(onnx, factor, rank);
    Value y =
        solved(call, onnx, upper ? turned : factor, rank, call.tensor("self"), rankB, n, type);
    return solved(call, onnx, upper ? factor : turned, rank, y, Math.max(rank, rankB), n, type);
  }

  private static Value inverseByFactor(Call call, OnnxNodes onnx, DataType type) {
    Size n = order(call, onnx, "self");
    int rank = call.rank("self");
    boolean upper = call.flag("upper");
    Value factor = half(onnx, call.tensor("self"), n, type, upper, false);
    Value inverse = Elimination.inverse(onnx, factor, n, type);
    Value turned = transposed(onnx, inverse, rank);
    return upper ? onnx.add("MatMul", inverse, turned) : onnx.add("MatMul", turned, inverse);
  }

  private static Value determinant(Call call, OnnxNodes onnx, String name, DataType type) {
    if (type == DataType.FLOAT) {
      return onnx.add("Det", call.tensor(name));
    }
    // ONNX Runtime's Det takes floats only.
    Elimination.LogDeterminant found =
        Elimination.determinant(onnx, call.tensor(name), order(call, onnx, name), type);
    return onnx.add("Mul", found.sign(), onnx.add("Exp", found.log()));
  }

  private static Translation logarithm(Call call, OnnxNodes onnx, DataType type) {
    String name = call.op().contains("linalg") ? "A" : "self";
    Elimination.LogDeterminant found =
        Elimination.determinant(onnx, call.tensor(name), order(call, onnx, name), type);
    if (!call.op().equals("logdet")) {
      return Translation.of(List.of(found.sign(), found.log()));
    }
    TorchDtype dtype = call.result().dtype();
    Value negative = onnx.add("Less", found.sign(), onnx.scalar(OnnxNodes.onnx(dtype), 0));
    return Translation.of(onnx.add("Where", negative, onnx.scalar(type, Double.NaN), found.log()));
  }
}
