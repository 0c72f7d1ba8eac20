package dev.octet.torch.graph;

import java.util.List;
import java.util.stream.Collectors;

/// What is recorded about a tensor value at export.
///
/// @param dtype element type; reliable, since PyTorch's type promotion is already applied
/// @param sizes outermost first. A number here is what tracing saw: it may be one even where the
///     true size varies, so a translation must not depend on it when an input's size will do
/// @param requiresGrad whether autograd tracked it
/// @param device where it was
/// @param strides in elements, one for each size
/// @param storageOffset in elements
/// @param layout always [TorchLayout#STRIDED] for tensors Octet can use
public record TensorMeta(
    TorchDtype dtype,
    List<SymInt> sizes,
    boolean requiresGrad,
    TorchDevice device,
    List<SymInt> strides,
    SymInt storageOffset,
    TorchLayout layout) {

  public TensorMeta {
    sizes = List.copyOf(sizes);
    strides = List.copyOf(strides);
  }

  /// A contiguous CPU tensor of fixed sizes.
  public static TensorMeta contiguous(TorchDtype dtype, long... sizes) {
    SymInt[] symbolic = new SymInt[sizes.length];
    SymInt[] strides = new SymInt[sizes.length];
    long stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      symbolic[axis] = SymInt.of(sizes[axis]);
      strides[axis] = SymInt.of(stride);
      stride = Math.multiplyExact(stride, Math.max(sizes[axis], 1));
    }
    return new TensorMeta(
        dtype,
        List.of(symbolic),
        false,
        TorchDevice.CPU,
        List.of(strides),
        SymInt.of(0),
        TorchLayout.STRIDED);
  }

  public int rank() {
    return sizes.size();
  }

  /// This with another element type.
  public TensorMeta withDtype(TorchDtype other) {
    return new TensorMeta(other, sizes, requiresGrad, device, strides, storageOffset, layout);
  }

  /// `float32[s77,1,8000]`.
  @Override
  public String toString() {
    return dtype + sizes.stream().map(SymInt::toString).collect(Collectors.joining(",", "[", "]"));
  }
}
