package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Pooling to a given output size: over everything → `GlobalAveragePool`, `GlobalMaxPool`; by equal
/// windows → `AveragePool`, `MaxPool`.
final class AdaptivePoolTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.adaptive_avg_pool1d",
        "aten.adaptive_avg_pool2d",
        "aten.adaptive_avg_pool3d",
        "aten._adaptive_avg_pool2d",
        "aten._adaptive_avg_pool3d",
        "aten.adaptive_max_pool1d",
        "aten.adaptive_max_pool2d",
        "aten.adaptive_max_pool3d");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    boolean average = call.op().contains("avg");
    int dims = call.op().charAt(call.op().indexOf("pool") + 4) - '0';
    if (call.rank("self") != dims + 2) {
      return Translation.unsupported(
          "the input has no batch dimension", "give the input a batch dimension");
    }
    Value input = call.tensor("self");
    List<Size> wanted = call.sizes("output_size");
    if (wanted.stream().allMatch(size -> size.equals(Size.of(1)))) {
      return Translation.of(onnx.add(average ? "GlobalAveragePool" : "GlobalMaxPool", input));
    }
    List<Long> kernel = new ArrayList<>();
    for (int axis = 0; axis < dims; axis++) {
      SymInt size = call.meta("self").sizes().get(axis + 2);
      if (!(size instanceof SymInt.Known(long in))
          || !(wanted.get(wanted.size() == 1 ? 0 : axis) instanceof Size.Fixed(long out))
          || in % out != 0) {
        return Translation.unsupported(
            "adaptive pooling from %s to %s, which takes windows of unequal size"
                .formatted(call.meta("self"), wanted));
      }
      kernel.add(in / out);
    }
    if (kernel.stream().allMatch(window -> window == 1)) {
      return Translation.of(input);
    }
    return Translation.of(
        onnx.add(
            NodeSpec.of(average ? "AveragePool" : "MaxPool")
                .inputs(input)
                .attribute("kernel_shape", new Attribute.OfInts(kernel))
                .attribute("strides", new Attribute.OfInts(kernel))));
  }
}
