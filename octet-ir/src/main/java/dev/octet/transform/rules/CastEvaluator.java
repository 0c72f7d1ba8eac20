package dev.octet.transform.rules;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `Cast` between FLOAT, FLOAT16, DOUBLE, INT32, INT64 and BOOL, where the result is well defined.
final class CastEvaluator implements ConstantEvaluator {
  @Override
  public List<String> operators() {
    return List.of("Cast");
  }

  @Override
  public Optional<DenseTensor> evaluate(
      Node node, List<@Nullable DenseTensor> inputs, long[] dims) {
    DenseTensor data = inputs.getFirst();
    DataType to = DataType.fromOnnx((int) node.intAttribute("to", 0)).orElse(null);
    if (data == null || to == null) {
      return Optional.empty();
    }
    boolean fromInteger = data.dataType().isInteger() || data.dataType() == DataType.BOOL;
    boolean toInteger = to == DataType.INT64 || to == DataType.INT32;
    if (fromInteger && toInteger) {
      return Optional.of(integers(data, to, dims));
    }
    boolean fromFloat = FloatTensors.supports(data.dataType());
    if (!FloatTensors.supports(to) || !(fromFloat || fromInteger)) {
      return Optional.empty();
    }
    double[] values = new double[Math.toIntExact(data.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = fromFloat ? data.doubleAt(i) : data.longAt(i);
      // Beyond 53 bits the way over double would round twice.
      if (!fromFloat && (long) values[i] != data.longAt(i)) {
        return Optional.empty();
      }
    }
    return Optional.of(FloatTensors.of(to, data.dims(), values));
  }

  private static DenseTensor integers(DenseTensor data, DataType to, long[] dims) {
    int count = Math.toIntExact(data.elementCount());
    long[] values = new long[count];
    int[] narrow = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = data.longAt(i);
      narrow[i] = (int) values[i];
    }
    return to == DataType.INT64
        ? DenseTensor.ofLongs(values, dims)
        : DenseTensor.ofInts(narrow, dims);
  }
}
