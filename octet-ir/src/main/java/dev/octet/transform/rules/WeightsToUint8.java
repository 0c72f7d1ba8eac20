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

/// Moves the codes of a quantized layer's weight from INT8 to UINT8: codes and zero points grow by
/// 128, so the numbers they stand for are the same to the last bit.
///
/// x86 processors without dot-product instructions multiply unsigned activations with signed
/// weights in pairs whose sum is kept in 16 bits, and saturates there: ONNX Runtime's integer
/// kernels then give wrong results without a word. With unsigned weights they add in 32 bits. Codes
/// within ±64 cannot saturate and stay.
public final class WeightsToUint8 implements RewriteRule {
  private static final int SHIFT = 128;

  /// Two of these times 255 fit 16 bits.
  private static final int LARGEST_SAFE = 64;

  private static final Set<String> LAYERS = Set.of("Conv", "Gemm", "MatMul");

  @Override
  public String name() {
    return "weights-to-uint8";
  }

  @Override
  public String description() {
    return "INT8 codes of weights become UINT8 ones, exactly: x86 without VNNI adds them up"
        + " wrongly.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    boolean dequantized = node.is("DequantizeLinear");
    int weight = dequantized ? 0 : 1;
    int zeroPoint = dequantized ? 2 : 3;
    Optional<DenseTensor> codes =
        context.constantInput(node, weight).filter(data -> data.dataType() == DataType.INT8);
    if (codes.isEmpty()
        || !(dequantized ? isOfLayer(node) : node.is("MatMulInteger") && isUnsigned(node))) {
      return RuleOutcome.noMatch();
    }
    if (isSafe(codes.get())) {
      return RuleOutcome.noMatch();
    }
    Optional<DenseTensor> zeros = context.constantInput(node, zeroPoint);
    if (node.input(zeroPoint).isPresent() && zeros.isEmpty()) {
      return RuleOutcome.declined("its zero points are not constant", node);
    }
    Optional<DenseTensor> zero = zeros.or(() -> noOffset(node, dequantized, context));
    if (zero.isEmpty()) {
      return RuleOutcome.declined("its scales are not constant", node);
    }
    set(node, weight, codes.get(), context);
    set(node, zeroPoint, zero.get(), context);
    return RuleOutcome.applied("codes moved to UINT8");
  }

  // The zero points that leaving them out means: one for each scale.
  private static Optional<DenseTensor> noOffset(
      Node node, boolean dequantized, RewriteContext context) {
    return dequantized
        ? context
            .constantInput(node, 1)
            .map(
                scales ->
                    DenseTensor.ofBytes(
                        DataType.INT8,
                        new byte[Math.toIntExact(scales.elementCount())],
                        dims(scales)))
        : Optional.of(DenseTensor.ofBytes(DataType.INT8, new byte[1]));
  }

  // Whether a layer that an integer kernel may take reads these numbers as its weight.
  private static boolean isOfLayer(Node dequantizer) {
    return !dequantizer.attributes().containsKey("block_size")
        && dequantizer.output(0).uses().stream().anyMatch(WeightsToUint8::isWeight);
  }

  // Signed activations are left with signed weights: integer kernels take no other pair of theirs.
  private static boolean isWeight(Use use) {
    Node reader = use.node();
    if (reader.is("Transpose")) {
      return reader.output(0).uses().stream().anyMatch(WeightsToUint8::isWeight);
    }
    return LAYERS.contains(reader.opType())
        && use.index() == 1
        && reader.input(0).flatMap(Dequantizers::of).filter(WeightsToUint8::isUnsigned).isPresent();
  }

  private static boolean isUnsigned(Node reader) {
    return reader.input(0).flatMap(Value::dataType).filter(DataType.UINT8::equals).isPresent();
  }

  private static boolean isSafe(DenseTensor codes) {
    return LongStream.range(0, codes.elementCount())
        .allMatch(i -> Math.abs(codes.longAt(i)) <= LARGEST_SAFE);
  }

  private static void set(Node node, int index, DenseTensor codes, RewriteContext context) {
    String name =
        node.input(index).map(Value::name).orElseGet(() -> node.input(1).orElseThrow().name());
    context
        .editor()
        .setInput(
            node, index, context.editor().addInitializer(node.graph(), name + "_u8", moved(codes)));
  }

  private static DenseTensor moved(DenseTensor codes) {
    byte[] bytes = new byte[Math.toIntExact(codes.elementCount())];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (codes.longAt(i) + SHIFT);
    }
    return DenseTensor.ofBytes(DataType.UINT8, bytes, dims(codes));
  }

  private static long[] dims(DenseTensor tensor) {
    return tensor.dims().stream().mapToLong(Long::longValue).toArray();
  }
}
