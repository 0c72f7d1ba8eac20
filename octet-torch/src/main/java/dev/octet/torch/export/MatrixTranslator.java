package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Matrix products → `Gemm` for matrices, `MatMul` otherwise.
///
/// A constant matrix that must be transposed is transposed here, quantized ones too, so that no
/// `Transpose` stands between a weight and its product and the product stays quantizable.
final class MatrixTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.linear",
        "aten.addmm",
        "aten.mm",
        "aten._int_mm",
        "aten.bmm",
        "aten.matmul",
        "aten.baddbmm",
        "aten.mv",
        "aten.dot",
        "aten.einsum");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "linear" -> Translation.of(linear(call, onnx));
      case "addmm" -> Translation.of(addmm(call, onnx));
      case "baddbmm" -> {
        Value product = onnx.add("MatMul", call.tensor("batch1"), call.tensor("batch2"));
        yield Translation.of(ProductTranslator.plus(call, onnx, product));
      }
      case "mm", "bmm" ->
          Translation.of(onnx.add("MatMul", call.tensor("self"), call.tensor("mat2")));
      case "_int_mm" ->
          Translation.of(onnx.add("MatMulInteger", call.tensor("self"), call.tensor("mat2")));
      case "mv" -> Translation.of(onnx.add("MatMul", call.tensor("self"), call.tensor("vec")));
      case "dot" -> Translation.of(onnx.add("MatMul", call.tensor("self"), call.tensor("tensor")));
      case "einsum" ->
          Translation.of(
              onnx.add(
                  NodeSpec.of("Einsum")
                      .inputs(call.tensors("tensors"))
                      .attribute("equation", Attribute.of(call.text("equation")))));
      default -> Translation.of(onnx.add("MatMul", call.tensor("self"), call.tensor("other")));
    };
  }

  private static Value addmm(Call call, OnnxNodes onnx) {
    Value left = call.tensor("mat1");
    Value right = call.tensor("mat2");
    // ONNX Runtime's Gemm knows no integers.
    return call.result().dtype().isFloat()
        ? onnx.add(
            NodeSpec.of("Gemm")
                .inputs(left, right, call.tensor("self"))
                .attributes(factors(call, "Gemm")))
        : ProductTranslator.plus(call, onnx, onnx.add("MatMul", left, right));
  }

  private static Map<String, Attribute> factors(Call call, String op) {
    NodeSpec spec = NodeSpec.of(op);
    double alpha = call.number("alpha");
    double beta = call.number("beta");
    spec = alpha == 1 ? spec : spec.attribute("alpha", Attribute.of((float) alpha));
    spec = beta == 1 ? spec : spec.attribute("beta", Attribute.of((float) beta));
    return spec.attributes();
  }

  private static Value linear(Call call, OnnxNodes onnx) {
    Value input = call.tensor("input");
    Value weight = call.tensor("weight");
    Optional<Value> bias = call.maybeTensor("bias");
    // ONNX Runtime's kernel for weights in groups is one of MatMul.
    if (call.rank("input") == 2 && call.rank("weight") == 2 && !isInBlocks(weight)) {
      return onnx.add(
          NodeSpec.of("Gemm")
              .inputs(
                  bias.map(b -> List.of(input, weight, b)).orElseGet(() -> List.of(input, weight)))
              .attribute("transB", 1));
    }
    Value numbers = onnx.add("MatMul", input, transposed(onnx, weight, call.rank("weight")));
    return bias.map(b -> onnx.add("Add", numbers, b)).orElse(numbers);
  }

  /// A weight turned, as data where that is known.
  static Value transposed(OnnxNodes onnx, Value weight, int rank) {
    if (rank < 2) {
      return weight;
    }
    Optional<DenseTensor> data = onnx.constantData(weight);
    if (data.isPresent()) {
      return onnx.derived(weight, transposed(data.get()));
    }
    Optional<Node> producer = weight.producer().filter(node -> node.is("DequantizeLinear"));
    Optional<DenseTensor> codes =
        producer.flatMap(node -> node.input(0)).flatMap(onnx::constantData);
    if (codes.isPresent()) {
      Node dequantize = producer.orElseThrow();
      boolean blocks = isInBlocks(weight);
      List<Value> inputs = new ArrayList<>();
      for (Value value : dequantize.inputs()) {
        Optional<DenseTensor> matrix =
            blocks || inputs.isEmpty() ? onnx.constantData(value) : Optional.empty();
        inputs.add(matrix.map(each -> onnx.derived(value, transposed(each))).orElse(value));
      }
      NodeSpec spec =
          NodeSpec.of("DequantizeLinear").inputs(inputs).attributes(dequantize.attributes());
      boolean perChannel = spec.attributes().containsKey("axis");
      long axis = dequantize.intAttribute("axis", 1);
      return onnx.add(perChannel ? spec.attribute("axis", 1 - axis) : spec);
    }
    return AxisOrderTranslator.transpose(onnx, weight, List.of(1L, 0L));
  }

  private static boolean isInBlocks(Value weight) {
    return weight
        .producer()
        .filter(node -> node.attributes().containsKey("block_size"))
        .isPresent();
  }

  private static DenseTensor transposed(DenseTensor matrix) {
    if (matrix.dataType().bits() < 8) {
      return transposedCodes(matrix);
    }
    TorchDtype dtype = TorchDtype.fromOnnx(matrix.dataType()).orElseThrow();
    List<Long> strides = TorchTensor.contiguous(matrix.dims());
    List<Long> turned = new ArrayList<>(matrix.dims());
    List<Long> steps = new ArrayList<>(strides);
    Collections.reverse(turned);
    Collections.reverse(steps);
    return new TorchTensor(dtype, turned, steps, 0, false, matrix.data()).toDense();
  }

  private static DenseTensor transposedCodes(DenseTensor matrix) {
    long rows = matrix.dims().get(0);
    long columns = matrix.dims().get(1);
    long[] codes = new long[Math.toIntExact(rows * columns)];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = matrix.longAt(i % rows * columns + i / rows);
    }
    return new QuantizedGrid(matrix.dataType(), 0, 0).codes(codes, columns, rows);
  }
}
