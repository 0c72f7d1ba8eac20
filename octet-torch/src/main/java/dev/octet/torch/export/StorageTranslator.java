package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchMemoryFormat;
import java.util.List;
import java.util.Set;

/// A tensor's memory under other sizes (`resize_`) → the first of its numbers, in that shape.
final class StorageTranslator implements AtenTranslator {
  private static final Set<TorchMemoryFormat> ROW_BY_ROW =
      Set.of(TorchMemoryFormat.CONTIGUOUS, TorchMemoryFormat.PRESERVE);

  @Override
  public Set<String> operators() {
    return Set.of("aten.resize");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TensorMeta self = call.meta("self");
    List<Size> sizes = call.sizes("size");
    if (call.node().argument("memory_format").orElse(null)
            instanceof AtenArgument.MemoryFormat(TorchMemoryFormat format)
        && !ROW_BY_ROW.contains(format)) {
      return Translation.unsupported(
          "resize_ to the memory format " + format, "leave memory_format out");
    }
    Value values = call.tensor("self");
    if (call.result().sizes().equals(self.sizes())) {
      return Translation.of(values);
    }
    if (!Strided.isRowByRow(self)) {
      return Translation.unsupported(
          "resize_ of a tensor that is not laid out row by row, or of varying size",
          "call contiguous() first, or use reshape");
    }
    long there =
        self.sizes().stream()
            .mapToLong(size -> ((SymInt.Known) size).value())
            .reduce(1, Math::multiplyExact);
    if (sizes.stream().allMatch(Size.Fixed.class::isInstance)) {
      long wanted =
          sizes.stream()
              .mapToLong(size -> ((Size.Fixed) size).value())
              .reduce(1, Math::multiplyExact);
      if (wanted > there) {
        return Translation.unsupported(
            "resize_ from %d to %d numbers: nobody has written those it adds"
                .formatted(there, wanted),
            "make a tensor of that size (torch.zeros) and copy into it");
      }
      return Translation.of(
          onnx.add(
              "Reshape",
              wanted == there ? values : first(onnx, values, Size.of(wanted)),
              onnx.sizes(sizes)));
    }
    // More than there are would be a reshape that fails, not numbers nobody has written.
    Value wanted = onnx.add(NodeSpec.of("ReduceProd").inputs(onnx.sizes(sizes)));
    return Translation.of(
        onnx.add("Reshape", first(onnx, values, new Size.Computed(wanted, "")), onnx.sizes(sizes)));
  }

  private static Value first(OnnxNodes onnx, Value values, Size count) {
    Value flat = onnx.add("Reshape", values, onnx.vector(-1));
    return SlicingTranslator.slice(onnx, flat, 0, Size.of(0), count, 1);
  }
}
