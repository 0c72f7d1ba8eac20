package dev.octet.rewrite.dynamic;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.plan.FoldedConstants;
import java.util.List;
import java.util.Optional;

/// `Gemm` as `MatMulInteger` and an addition.
final class GemmForm implements DynamicForm {
  @Override
  public List<String> opTypes() {
    return List.of("Gemm");
  }

  @Override
  public void write(DynamicNode coded) {
    Node node = coded.node();
    Optional<Value> addend = node.input(2);
    String name = node.name().isEmpty() ? "" : node.name() + "_MatMul";
    String output = node.output(0).name();
    String result = addend.isPresent() ? output + "_MatMul" : output;
    boolean transposed = node.intAttribute("transB", 0) != 0;
    DataType element = coded.element(0);
    NodeSpec product =
        Products.writeIn(
            element,
            coded,
            NodeSpec.of("MatMulInteger"),
            coded.operand(0, WeightForm.PLAIN),
            coded.operand(1, transposed ? WeightForm.TRANSPOSED : WeightForm.PLAIN),
            switch (coded.names()) {
              case COMPACT -> node.name();
              case PEER -> name;
            },
            result);
    if (addend.isEmpty()) {
      coded.replaceWith(product);
      return;
    }
    Value sum = coded.add(product, coded.names().value(result, "p"));
    Value constant =
        coded.isFolded("beta")
            ? scaled(coded, addend.get(), node.floatAttribute("beta", 1f))
            : addend.get();
    coded.replaceWith(
        NodeSpec.of("Add")
            .named(node.name().isEmpty() ? "" : coded.names().helper(node.name() + "_Add"))
            .inputs(sum, constant));
  }

  private static Value scaled(DynamicNode coded, Value addend, float factor) {
    DenseTensor tensor = FoldedConstants.of(addend).orElseThrow();
    long[] shape = tensor.dims().stream().mapToLong(Long::longValue).toArray();
    float[] numbers = FoldedConstants.scaled(tensor, factor);
    return coded.constant(
        addend.name() + "_scaled",
        addend.name(),
        tensor.dataType() == DataType.FLOAT
            ? DenseTensor.ofFloats(numbers, shape)
            : DenseTensor.ofBytes(DataType.FLOAT16, halves(numbers), shape));
  }

  private static byte[] halves(float[] numbers) {
    byte[] bytes = new byte[numbers.length * Short.BYTES];
    for (int i = 0; i < numbers.length; i++) {
      short half = Float.floatToFloat16(numbers[i]);
      bytes[2 * i] = (byte) half;
      bytes[2 * i + 1] = (byte) (half >> Byte.SIZE);
    }
    return bytes;
  }
}
