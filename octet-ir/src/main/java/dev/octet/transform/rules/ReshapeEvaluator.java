package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Operators that keep their input's elements as they are. The bytes are shared, not copied.
final class ReshapeEvaluator implements ConstantEvaluator {
  @Override
  public List<String> operators() {
    return List.of("Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze");
  }

  @Override
  public Optional<DenseTensor> evaluate(
      Node node, List<@Nullable DenseTensor> inputs, long[] dims) {
    DenseTensor data = inputs.getFirst();
    if (data == null) {
      return Optional.empty();
    }
    List<Long> sizes = Arrays.stream(dims).boxed().toList();
    return Optional.of(new DenseTensor(data.dataType(), sizes, data.data()));
  }
}
