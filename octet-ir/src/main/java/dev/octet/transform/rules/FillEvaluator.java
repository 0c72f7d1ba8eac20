package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `ConstantOfShape`.
final class FillEvaluator implements ConstantEvaluator {
  @Override
  public List<String> operators() {
    return List.of("ConstantOfShape");
  }

  @Override
  public Optional<DenseTensor> evaluate(
      Node node, List<@Nullable DenseTensor> inputs, long[] dims) {
    Tensor element = node.tensorAttribute("value").orElse(DenseTensor.scalar(0f));
    if (!(element instanceof DenseTensor fill) || fill.dataType().bits() % 8 != 0) {
      return Optional.empty();
    }
    int size = fill.dataType().bits() / 8;
    long bytes = size;
    for (long dim : dims) {
      bytes = Math.multiplyExact(bytes, dim);
    }
    byte[] filled = new byte[Math.toIntExact(bytes)];
    for (int i = 0; i < filled.length; i++) {
      filled[i] = fill.data().get(ValueLayout.JAVA_BYTE, i % size);
    }
    return Optional.of(DenseTensor.ofBytes(fill.dataType(), filled, dims));
  }
}
