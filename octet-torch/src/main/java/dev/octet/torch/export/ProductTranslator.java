package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Products of vectors and tensors over chosen axes, and distances between vectors → `Einsum`,
/// `MatMul`, arithmetic.
final class ProductTranslator implements AtenTranslator {
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.outer",
        "aten.ger",
        "aten.inner",
        "aten.addmv",
        "aten.addbmm",
        "aten.bilinear",
        "aten.tensordot",
        "aten.kron",
        "aten.cross",
        "aten.linalg_cross",
        "aten.trace",
        "aten.cdist",
        "aten._cdist_forward",
        "aten._pdist_forward",
        "aten.pdist",
        "aten.cosine_similarity",
        "aten.pairwise_distance",
        "aten.dist",
        "aten.addr",
        "aten.vdot",
        "aten.linalg_vecdot",
        "aten.renorm");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "outer", "ger" ->
          Translation.of(
              onnx.add(
                  "Mul",
                  onnx.add("Unsqueeze", call.tensor("self"), onnx.vector(1)),
                  call.tensor("vec2")));
      case "inner" -> Translation.of(inner(call, onnx));
      case "addmv" ->
          Translation.of(
              plus(call, onnx, onnx.add("MatMul", call.tensor("mat"), call.tensor("vec"))));
      case "addbmm" -> {
        Value products = onnx.add("MatMul", call.tensor("batch1"), call.tensor("batch2"));
        Value sum =
            onnx.add(
                NodeSpec.of("ReduceSum").inputs(products, onnx.vector(0)).attribute("keepdims", 0));
        yield Translation.of(plus(call, onnx, sum));
      }
      case "bilinear" -> {
        Value product =
            einsum(
                onnx,
                "...i,oij,...j->...o",
                call.tensor("input1"),
                call.tensor("weight"),
                call.tensor("input2"));
        yield Translation.of(
            call.maybeTensor("bias").map(bias -> onnx.add("Add", product, bias)).orElse(product));
      }
      case "tensordot" -> Translation.of(tensordot(call, onnx));
      case "kron" -> Translation.of(kronecker(call, onnx));
      case "cross", "linalg_cross" -> Translation.of(cross(call, onnx));
      case "trace" -> Translation.of(trace(call, onnx));
      case "cdist", "_cdist_forward" -> Translation.of(distances(call, onnx));
      case "_pdist_forward", "pdist" -> Translation.of(pairDistances(call, onnx));
      case "cosine_similarity" -> Translation.of(cosine(call, onnx));
      case "vdot" -> Translation.of(onnx.add("MatMul", call.tensor("self"), call.tensor("other")));
      case "addr" ->
          Translation.of(
              plus(
                  call,
                  onnx,
                  onnx.add(
                      "Mul",
                      onnx.add("Unsqueeze", call.tensor("vec1"), onnx.vector(1)),
                      call.tensor("vec2"))));
      case "linalg_vecdot" -> {
        Value product = onnx.add("Mul", call.tensor("x"), call.tensor("y"));
        Value axis = onnx.vector(call.axis("dim", call.result().rank() + 1));
        yield Translation.of(
            onnx.add(NodeSpec.of("ReduceSum").inputs(product, axis).attribute("keepdims", 0)));
      }
      case "dist" -> {
        Value apart = onnx.add("Sub", call.tensor("self"), call.tensor("other"));
        DataType type = OnnxNodes.onnx(call.result().dtype());
        yield Translation.of(Norms.over(onnx, apart, type, call.number("p"), null, false));
      }
      case "renorm" -> Translation.of(shortened(call, onnx));
      default -> {
        Value apart = onnx.add("Sub", call.tensor("x1"), call.tensor("x2"));
        Value shifted = onnx.add("Add", apart, number(call, onnx, call.number("eps")));
        yield Translation.of(
            Norms.over(
                onnx,
                shifted,
                OnnxNodes.onnx(call.result().dtype()),
                call.number("p"),
                onnx.vector(-1),
                call.flag("keepdim")));
      }
    };
  }

  // Each row with every later one.
  private static Value pairDistances(Call call, OnnxNodes onnx) {
    if (!(call.meta("self").sizes().getFirst() instanceof SymInt.Known(long rows))) {
      throw new UnsupportedArgument("distances between a varying number of rows");
    }
    int count = Math.toIntExact(rows * (rows - 1) / 2);
    long[] first = new long[count];
    long[] second = new long[count];
    int pair = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = i + 1; j < rows; j++) {
        first[pair] = i;
        second[pair++] = j;
      }
    }
    Value self = call.tensor("self");
    Value apart =
        onnx.add(
            "Sub",
            onnx.add("Gather", self, onnx.vector(first)),
            onnx.add("Gather", self, onnx.vector(second)));
    DataType type = OnnxNodes.onnx(call.result().dtype());
    return Norms.over(onnx, apart, type, call.number("p"), onnx.vector(-1), false);
  }

  private static Value einsum(OnnxNodes onnx, String equation, Value... operands) {
    return onnx.add(
        NodeSpec.of("Einsum").inputs(operands).attribute("equation", Attribute.of(equation)));
  }

  private static Value number(Call call, OnnxNodes onnx, double value) {
    return onnx.scalar(OnnxNodes.onnx(call.result().dtype()), value);
  }

  private static Value inner(Call call, OnnxNodes onnx) {
    int left = call.rank("self");
    int right = call.rank("other");
    String a = LETTERS.substring(1, left) + "a";
    String b = LETTERS.substring(left, left + right - 1) + "a";
    String both = LETTERS.substring(1, left) + LETTERS.substring(left, left + right - 1);
    return einsum(onnx, a + "," + b + "->" + both, call.tensor("self"), call.tensor("other"));
  }

  /// `beta · self + alpha · product`.
  static Value plus(Call call, OnnxNodes onnx, Value product) {
    double alpha = call.number("alpha");
    double beta = call.number("beta");
    Value scaled = alpha == 1 ? product : onnx.add("Mul", product, number(call, onnx, alpha));
    Value self = call.tensor("self");
    Value added = beta == 1 ? self : onnx.add("Mul", self, number(call, onnx, beta));
    return onnx.add("Add", scaled, added);
  }

  private static Value tensordot(Call call, OnnxNodes onnx) {
    List<Long> left = call.axes("dims_self", call.rank("self"));
    List<Long> right = call.axes("dims_other", call.rank("other"));
    char[] a = LETTERS.substring(0, call.rank("self")).toCharArray();
    char[] b = LETTERS.substring(a.length, a.length + call.rank("other")).toCharArray();
    for (int i = 0; i < left.size(); i++) {
      b[(int) (long) right.get(i)] = a[(int) (long) left.get(i)];
    }
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < a.length; i++) {
      result.append(left.contains((long) i) ? "" : a[i]);
    }
    for (int i = 0; i < b.length; i++) {
      result.append(right.contains((long) i) ? "" : b[i]);
    }
    String equation = new String(a) + "," + new String(b) + "->" + result;
    return einsum(onnx, equation, call.tensor("self"), call.tensor("other"));
  }

  // [a, 1, b, 1] · [1, c, 1, d], with the axes then merged in pairs.
  private static Value kronecker(Call call, OnnxNodes onnx) {
    int rank = Math.max(call.rank("self"), call.rank("other"));
    List<Long> odd = new ArrayList<>();
    List<Long> even = new ArrayList<>();
    for (long axis = 0; axis < rank; axis++) {
      even.add(2 * axis);
      odd.add(2 * axis + 1);
    }
    Value self = raised(call, onnx, "self", rank);
    Value other = raised(call, onnx, "other", rank);
    Value product =
        onnx.add(
            "Mul",
            onnx.add("Unsqueeze", self, onnx.vector(odd)),
            onnx.add("Unsqueeze", other, onnx.vector(even)));
    Value shape = onnx.add("Mul", onnx.shapeOf(self), onnx.shapeOf(other));
    return onnx.add("Reshape", product, shape);
  }

  private static Value raised(Call call, OnnxNodes onnx, String name, int rank) {
    long[] axes = LongStream.range(0, rank - call.rank(name)).toArray();
    Value own = call.tensor(name);
    return axes.length == 0 ? own : onnx.add("Unsqueeze", own, onnx.vector(axes));
  }

  // Slices along an axis that are longer than the norm allows are shortened to it.
  private static Value shortened(Call call, OnnxNodes onnx) {
    DataType type = OnnxNodes.onnx(call.result().dtype());
    int rank = call.rank("self");
    int axis = call.axis("dim", rank);
    long[] others = LongStream.range(0, rank).filter(each -> each != axis).toArray();
    Value self = call.tensor("self");
    Value length = Norms.over(onnx, self, type, call.number("p"), onnx.vector(others), true);
    Value most = onnx.scalar(type, call.number("maxnorm"));
    Value factor = onnx.add("Div", most, onnx.add("Add", length, onnx.scalar(type, 1e-7)));
    Value longer = onnx.add("Greater", length, most);
    return onnx.add("Mul", self, onnx.add("Where", longer, factor, onnx.scalar(type, 1)));
  }

  private static Value cross(Call call, OnnxNodes onnx) {
    // The older operator takes the first axis of three where none is given.
    int axis =
        call.given("dim")
            ? call.axis("dim", call.rank("self"))
            : call.result().sizes().indexOf(SymInt.of(3));
    Value a = call.tensor("self");
    Value b = call.tensor("other");
    Value plus = onnx.add("Mul", turned(onnx, a, axis, 1, 2, 0), turned(onnx, b, axis, 2, 0, 1));
    Value minus = onnx.add("Mul", turned(onnx, a, axis, 2, 0, 1), turned(onnx, b, axis, 1, 2, 0));
    return onnx.add("Sub", plus, minus);
  }

  private static Value turned(OnnxNodes onnx, Value vectors, int axis, long... order) {
    return onnx.add(
        NodeSpec.of("Gather")
            .inputs(vectors, onnx.constant("turn", DenseTensor.ofLongs(order, 3)))
            .attribute("axis", axis));
  }

  private static Value trace(Call call, OnnxNodes onnx) {
    Value self = call.tensor("self");
    Value diagonal = onnx.add("Mul", self, onnx.add("EyeLike", self));
    return onnx.add(NodeSpec.of("ReduceSum").inputs(diagonal).attribute("keepdims", 0));
  }

  private static Value distances(Call call, OnnxNodes onnx) {
    Value apart =
        onnx.add(
            "Sub",
            onnx.add("Unsqueeze", call.tensor("x1"), onnx.vector(-2)),
            onnx.add("Unsqueeze", call.tensor("x2"), onnx.vector(-3)));
    return Norms.over(
        onnx,
        apart,
        OnnxNodes.onnx(call.result().dtype()),
        call.number("p"),
        onnx.vector(-1),
        false);
  }

  // Each length is kept from zero by itself, as PyTorch does since 2.0.
  private static Value cosine(Call call, OnnxNodes onnx) {
    TorchDtype dtype = call.result().dtype();
    DataType type = OnnxNodes.onnx(dtype);
    Value a = call.operand("x1", dtype);
    Value b = call.operand("x2", dtype);
    Value axis = onnx.vector(call.axis("dim", Math.max(call.rank("x1"), call.rank("x2"))));
    Value eps = onnx.scalar(type, call.number("eps"));
    Value unitA = onnx.add("Div", a, onnx.add("Max", onnx.add("ReduceL2", a, axis), eps));
    Value unitB = onnx.add("Div", b, onnx.add("Max", onnx.add("ReduceL2", b, axis), eps));
    return onnx.add(
        NodeSpec.of("ReduceSum")
            .inputs(onnx.add("Mul", unitA, unitB), axis)
            .attribute("keepdims", 0));
  }
}
