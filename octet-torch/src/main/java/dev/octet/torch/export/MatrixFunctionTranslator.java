package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Powers, exponentials, norms and chains of matrices.
final class MatrixFunctionTranslator implements AtenTranslator {
  /// Terms of the exponential's series after which nothing of a float or double is left, for a
  /// matrix of norm at most ½.
  private static final int FLOAT_TERMS = 9;

  private static final int DOUBLE_TERMS = 15;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.matrix_power",
        "aten.linalg_matrix_power",
        "aten.matrix_exp",
        "aten.linalg_matrix_exp",
        "aten.linalg_matrix_norm",
        "aten.linalg_multi_dot",
        "aten.chain_matmul",
        "aten.linalg_matmul",
        "aten.vander",
        "aten.linalg_vander");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "matrix_power", "linalg_matrix_power" -> Translation.of(power(call, onnx));
      case "matrix_exp", "linalg_matrix_exp" -> Translation.of(exponential(call, onnx));
      case "linalg_matrix_norm" -> norm(call, onnx);
      case "linalg_multi_dot" -> Translation.of(chain(onnx, call.tensors("tensors")));
      case "chain_matmul" -> Translation.of(chain(onnx, call.tensors("matrices")));
      case "linalg_matmul" ->
          Translation.of(onnx.add("MatMul", call.tensor("self"), call.tensor("other")));
      default -> Translation.of(powers(call, onnx));
    };
  }

  /// Rows and columns exchanged.
  static Value transposed(OnnxNodes onnx, Value matrices, int rank) {
    List<Long> order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
    Collections.swap(order, rank - 2, rank - 1);
    return AxisOrderTranslator.transpose(onnx, matrices, order);
  }

  private static Value chain(OnnxNodes onnx, List<Value> matrices) {
    Value product = matrices.getFirst();
    for (Value next : matrices.subList(1, matrices.size())) {
      product = onnx.add("MatMul", product, next);
    }
    return product;
  }

  private static Value power(Call call, OnnxNodes onnx) {
    DataType type = OnnxNodes.onnx(call.result().dtype());
    Size n = ReshapeTranslator.own(call, onnx, "self").getLast();
    Value self = call.tensor("self");
    long exponent = call.integer("n");
    if (exponent == 0) {
      return onnx.add("Expand", Elimination.identity(onnx, n, type), onnx.shapeOf(self));
    }
    Value square = exponent < 0 ? Elimination.inverse(onnx, self, n, type) : self;
    List<Value> factors = new ArrayList<>();
    for (long rest = Math.abs(exponent); rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        factors.add(square);
      }
      square = rest > 1 ? onnx.add("MatMul", square, square) : square;
    }
    return chain(onnx, factors);
  }

  // Halved until its norm is at most ½, summed as a series, and squared as often.
  private static Value exponential(Call call, OnnxNodes onnx) {
    DataType type = OnnxNodes.onnx(call.result().dtype());
    Value a = call.tensor("self");
    Size n = ReshapeTranslator.own(call, onnx, "self").getLast();
    Value sums =
        onnx.add(
            NodeSpec.of("ReduceSum")
                .inputs(onnx.add("Abs", a), onnx.vector(-2))
                .attribute("keepdims", 0));
    Value most = onnx.add(NodeSpec.of("ReduceMax").inputs(sums).attribute("keepdims", 0));
    Value twice =
        onnx.add("Max", onnx.add("Mul", most, onnx.scalar(type, 2)), onnx.scalar(type, 1));
    Value halvings =
        onnx.add("Ceil", onnx.add("Div", onnx.add("Log", twice), onnx.scalar(type, Math.log(2))));
    Value small = onnx.add("Div", a, onnx.add("Pow", onnx.scalar(type, 2), halvings));
    Value identity = Elimination.identity(onnx, n, type);
    Value sum = identity;
    for (int term = type == DataType.DOUBLE ? DOUBLE_TERMS : FLOAT_TERMS; term > 0; term--) {
      Value next = term == 1 ? small : onnx.add("Div", small, onnx.scalar(type, term));
      sum = onnx.add("Add", identity, sum == identity ? next : onnx.add("MatMul", next, sum));
    }
    return Rounds.counted(
            onnx,
            onnx.castTo(halvings, DataType.INT64),
            List.of(sum),
            List.of(type),
            (inside, k, state) -> List.of(inside.add("MatMul", state.getFirst(), state.getFirst())))
        .getFirst();
  }

  private static Translation norm(Call call, OnnxNodes onnx) {
    DataType type = OnnxNodes.onnx(call.result().dtype());
    int rank = call.rank("self");
    List<Long> axes = call.axes("dim", rank);
    Value self = call.operand("self", call.result().dtype());
    boolean keep = call.flag("keepdim");
    if (call.overload().equals("str_ord")) {
      return call.text("ord").equals("fro")
          ? Translation.of(Norms.over(onnx, self, type, 2, onnx.vector(axes), keep))
          : bySingularValues();
    }
    double order = call.number("ord");
    if (Math.abs(order) == 2) {
      return bySingularValues();
    }
    // The sums of columns for 1, those of rows for infinity.
    boolean columns = Math.abs(order) == 1;
    long summed = axes.get(columns ? 0 : 1);
    long compared = axes.get(columns ? 1 : 0);
    Value sums = onnx.add("ReduceL1", self, onnx.vector(summed));
    Value extreme = onnx.add(order > 0 ? "ReduceMax" : "ReduceMin", sums, onnx.vector(compared));
    return Translation.of(keep ? extreme : onnx.add("Squeeze", extreme, onnx.vector(axes)));
  }

  private static Translation bySingularValues() {
    return Translation.unsupported(
        "a norm by singular values, which ONNX has no operator for",
        "ord='fro', 1 or float('inf') are translated");
  }

  // 1, x, x², … or, the older operator's standard, the other way around.
  private static Value powers(Call call, OnnxNodes onnx) {
    DataType type = OnnxNodes.onnx(call.result().dtype());
    boolean older = call.op().equals("vander");
    if (!(call.result().sizes().getLast() instanceof SymInt.Known(long count))) {
      throw new UnsupportedArgument("a varying number of powers");
    }
    boolean rising = !older || call.flag("increasing");
    double[] exponents = new double[(int) count];
    for (int i = 0; i < count; i++) {
      exponents[i] = rising ? i : count - 1 - i;
    }
    Value x = onnx.add("Unsqueeze", call.operand("x", call.result().dtype()), onnx.vector(-1));
    return onnx.add("Pow", x, onnx.numbers("exponents", type, exponents, count));
  }
}
