package dev.octet.libtorch.exec;

import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.TorchTensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/// A program's own tensors as libtorch sees them.
public final class ProgramTensors {
  private ProgramTensors() {}

  /// A tensor over the program's memory where that is native (a mapped archive), over a copy where
  /// it lies on the heap. It must not be written, and the program must outlive it.
  static Tensor over(TorchTensor tensor) {
    long[] sizes = longs(tensor.sizes());
    torch.ScalarType type = scalarType(tensor);
    if (tensor.elementCount() == 0) {
      return torch.empty(sizes, new TensorOptions(type), new MemoryFormatOptional());
    }
    MemorySegment storage = tensor.storage();
    if (!storage.isNative()) {
      return copyOf(tensor);
    }
    MemorySegment first = storage.asSlice(tensor.storageOffset() * tensor.dtype().bytes());
    return Tensors.over(first, sizes, longs(tensor.strides()), type);
  }

  /// A contiguous copy of a program's tensor, free to be written and trained.
  public static Tensor copyOf(TorchTensor tensor) {
    return Tensors.copyOf(tensor.toDense());
  }

  /// The tensor behind a graph input that callers do not pass.
  ///
  /// @throws OctetException (`BAD_INPUT`) when the program does not hold it
  public static TorchTensor required(ExportedProgram program, InputSpec spec) {
    return program
        .tensorOf(spec)
        .orElseThrow(
            () ->
                OctetException.badInput(
                    "tensor-missing",
                    spec.value(),
                    "the program names this tensor but does not hold it",
                    "export it again"));
  }

  /// A program's tensor holding a copy of what libtorch computed.
  public static TorchTensor toProgram(Tensor tensor) {
    try (PointerScope scope = new PointerScope()) {
      return TorchTensor.of(Tensors.toDense(tensor));
    }
  }

  private static torch.ScalarType scalarType(TorchTensor tensor) {
    int number = tensor.dtype().c10Number();
    return Arrays.stream(torch.ScalarType.values())
        .filter(type -> type.value == number)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("libtorch has no type " + tensor.dtype()));
  }

  private static long[] longs(java.util.List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }
}
