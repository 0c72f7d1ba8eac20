package dev.octet.transform.rules;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/// Makes the INT32 bias of a quantized layer a FLOAT constant of the same numbers, unless its scale
/// is that of the layer's products: input scale times weight scale.
///
/// A runtime that fuses the layer to an integer kernel adds the codes to the products and never
/// looks at the bias's own scale: ONNX Runtime's `QGemm` and `QLinearConv` compute something else
/// than the graph says when it is another.
public final class DequantizeMisscaledBias implements RewriteRule {
  // Float32 products rounded in another order are a few units in the last place apart.
  private static final double NEAR = 1e-6;

  private static final Set<String> LAYERS = Set.of("Conv", "ConvTranspose", "Gemm");

  @Override
  public String name() {
    return "dequantize-misscaled-bias";
  }

  @Override
  public String description() {
    return "INT32 biases of a scale that integer kernels do not assume become FLOAT constants.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    Optional<DenseTensor> codes =
        context.constantInput(node, 0).filter(data -> data.dataType() == DataType.INT32);
    if (!node.is("DequantizeLinear") || codes.isEmpty()) {
      return RuleOutcome.noMatch();
    }
    Value bias = node.output(0);
    boolean misread =
        bias.uses().stream()
            .anyMatch(use -> layer(use).filter(layer -> !fits(node, layer, context)).isPresent());
    if (!misread) {
      return RuleOutcome.noMatch();
    }
    Optional<DenseTensor> scale =
        context.constantInput(node, 1).filter(data -> data.dataType() == DataType.FLOAT);
    if (scale.isEmpty() || node.attributes().containsKey("block_size") || bias.isGraphOutput()) {
      return RuleOutcome.declined("its scales are no FLOAT constants, or callers see it", node);
    }
    Optional<DenseTensor> zero = context.constantInput(node, 2);
    if (node.input(2).isPresent() && zero.isEmpty()) {
      return RuleOutcome.declined("its zero points are not constant", node);
    }
    if (!isOfOneOr(codes.get().elementCount(), scale.get())) {
      return RuleOutcome.declined("it has not one scale for each of its numbers", node);
    }
    Value number =
        context
            .editor()
            .addInitializer(
                node.graph(),
                node.input(0).orElseThrow().name() + "_float",
                numbers(codes.get(), scale.get(), zero));
    context.bypass(node, number);
    return RuleOutcome.applied("its scale is not input scale times weight scale");
  }

  // The layer whose bias a reader takes it for, also when bias and product are two nodes.
  private static Optional<Node> layer(Use use) {
    Node reader = use.node();
    if (LAYERS.contains(reader.opType()) && use.index() == 2) {
      return Optional.of(reader);
    }
    return reader.is("Add")
        ? reader
            .input(1 - use.index())
            .flatMap(Value::producer)
            .filter(product -> product.is("MatMul"))
        : Optional.empty();
  }

  // Whether an integer kernel in the layer's place would read the codes for what they are.
  private static boolean fits(Node bias, Node layer, RewriteContext context) {
    Optional<Node> input = Dequantizers.of(layer.input(0).orElseThrow());
    Optional<Node> weight = Dequantizers.of(layer.input(1).orElseThrow());
    if (input.isEmpty() || weight.isEmpty()) {
      return true;
    }
    if (layer.floatAttribute("alpha", 1) != 1 || layer.floatAttribute("beta", 1) != 1) {
      return false;
    }
    Optional<DenseTensor> own = context.constantInput(bias, 1);
    Optional<DenseTensor> left = context.constantInput(input.get(), 1);
    Optional<DenseTensor> right = context.constantInput(weight.get(), 1);
    boolean plain =
        context.constantInput(bias, 2).map(DequantizeMisscaledBias::isZero).orElse(true);
    if (!plain || own.isEmpty() || left.isEmpty() || right.isEmpty()) {
      return false;
    }
    long count = Math.max(own.get().elementCount(), right.get().elementCount());
    return left.get().elementCount() == 1
        && isOfOneOr(count, own.get())
        && isOfOneOr(count, right.get())
        && LongStream.range(0, count)
            .allMatch(i -> near(at(own.get(), i), left.get().doubleAt(0) * at(right.get(), i)));
  }

  private static boolean isZero(DenseTensor zeroPoints) {
    return LongStream.range(0, zeroPoints.elementCount()).allMatch(i -> zeroPoints.longAt(i) == 0);
  }

  private static boolean isOfOneOr(long count, DenseTensor scales) {
    return scales.elementCount() == 1 || scales.elementCount() == count;
  }

  private static double at(DenseTensor scales, long index) {
    return scales.doubleAt(scales.elementCount() == 1 ? 0 : index);
  }

  private static boolean near(double scale, double product) {
    return Math.abs(scale - product) <= NEAR * product;
  }

  // As DequantizeLinear computes them.
  private static DenseTensor numbers(
      DenseTensor codes, DenseTensor scales, Optional<DenseTensor> zeros) {
    float[] numbers = new float[Math.toIntExact(codes.elementCount())];
    for (int i = 0; i < numbers.length; i++) {
      int place = i;
      long zero = zeros.map(data -> data.longAt(data.elementCount() == 1 ? 0 : place)).orElse(0L);
      numbers[i] = (float) (codes.longAt(i) - zero) * (float) at(scales, i);
    }
    long[] dims = codes.dims().stream().mapToLong(Long::longValue).toArray();
    return DenseTensor.ofFloats(numbers, dims);
  }
}
