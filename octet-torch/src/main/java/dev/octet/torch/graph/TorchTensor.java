package dev.octet.torch.graph;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A tensor as PyTorch stores it: a window with strides on a storage that others may share.
///
/// @param dtype element type
/// @param sizes outermost first; empty for a scalar
/// @param strides step between neighbours along each axis, in elements; 0 for expanded axes
/// @param storageOffset place of the first element, in elements
/// @param requiresGrad whether it is trained
/// @param storage little-endian bytes of the whole storage, read-only; tensors that share a storage
///     hold the same segment
public record TorchTensor(
    TorchDtype dtype,
    List<Long> sizes,
    List<Long> strides,
    long storageOffset,
    boolean requiresGrad,
    MemorySegment storage) {
  // Repeated elements (strides of 0) are few in what people save; more is an attack on memory.
  private static final long MOST_REPEATED_BYTES = 256L << 20;
  private static final long MOST_REPETITION = 1000;

  /// @throws IllegalArgumentException when some element would lie outside the storage, or a small
  ///     storage is to be repeated into a huge tensor
  public TorchTensor {
    sizes = List.copyOf(sizes);
    strides = List.copyOf(strides);
    storage = storage.asReadOnly();
    if (sizes.size() != strides.size()) {
      throw new IllegalArgumentException(sizes + " has other rank than its strides " + strides);
    }
    if (storageOffset < 0
        || sizes.stream().anyMatch(size -> size < 0)
        || strides.stream().anyMatch(stride -> stride < 0)) {
      throw new IllegalArgumentException(
          "negative size, stride or offset: %s, %s, %d".formatted(sizes, strides, storageOffset));
    }
    long needed = extent(sizes, strides, storageOffset, dtype);
    if (needed > storage.byteSize()) {
      throw new IllegalArgumentException(
          "%s%s with strides %s and offset %d needs %d bytes, the storage has %d"
              .formatted(dtype, sizes, strides, storageOffset, needed, storage.byteSize()));
    }
    long elements = count(sizes);
    if (elements > MOST_REPEATED_BYTES / dtype.bytes()
        && elements / MOST_REPETITION > storage.byteSize()) {
      throw new IllegalArgumentException(
          "repeats %d bytes to %d elements".formatted(storage.byteSize(), elements));
    }
  }

  /// A contiguous tensor over a dense one's own bytes.
  ///
  /// @throws IllegalArgumentException when PyTorch has no such element type
  public static TorchTensor of(DenseTensor dense) {
    TorchDtype dtype =
        TorchDtype.fromOnnx(dense.dataType())
            .orElseThrow(
                () -> new IllegalArgumentException(dense.dataType() + " is no type of PyTorch"));
    return new TorchTensor(dtype, dense.dims(), contiguous(dense.dims()), 0, false, dense.data());
  }

  /// Strides of a row-major tensor without gaps.
  public static List<Long> contiguous(List<Long> sizes) {
    Long[] strides = new Long[sizes.size()];
    long stride = 1;
    for (int axis = sizes.size() - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride = Math.multiplyExact(stride, Math.max(sizes.get(axis), 1));
    }
    return List.of(strides);
  }

  /// Number of elements.
  public long elementCount() {
    return count(sizes);
  }

  /// Whether the elements lie row-major without gaps. Axes of size 1 may have any stride.
  public boolean isContiguous() {
    long expected = 1;
    for (int axis = sizes.size() - 1; axis >= 0; axis--) {
      if (sizes.get(axis) != 1 && strides.get(axis) != expected) {
        return elementCount() == 0;
      }
      expected *= Math.max(sizes.get(axis), 1);
    }
    return true;
  }

  /// The elements row-major without gaps: a view of the storage when they already lie so, gathered
  /// by strides otherwise.
  ///
  /// @throws IllegalStateException when ONNX has no such element type
  public DenseTensor toDense() {
    DataType type =
        dtype
            .onnx()
            .orElseThrow(() -> new IllegalStateException(dtype + " has no ONNX element type"));
    long bytes = type.byteSize(elementCount());
    if (isContiguous()) {
      long start = bytes == 0 ? 0 : storageOffset * dtype.bytes();
      return new DenseTensor(type, sizes, storage.asSlice(start, bytes));
    }
    return new DenseTensor(type, sizes, StridedCopy.of(this));
  }

  /// What a graph records about a tensor like this one.
  public TensorMeta meta() {
    return new TensorMeta(
        dtype,
        sizes.stream().map(SymInt::of).toList(),
        requiresGrad,
        TorchDevice.CPU,
        strides.stream().map(SymInt::of).toList(),
        SymInt.of(storageOffset),
        TorchLayout.STRIDED);
  }

  /// This tensor, trained or not.
  public TorchTensor withRequiresGrad(boolean trained) {
    return new TorchTensor(dtype, sizes, strides, storageOffset, trained, storage);
  }

  /// `float32[32,1,80]`.
  @Override
  public String toString() {
    return dtype + sizes.toString().replace(" ", "");
  }

  private static long count(List<Long> sizes) {
    return sizes.stream().reduce(1L, Math::multiplyExact);
  }

  private static long extent(List<Long> sizes, List<Long> strides, long offset, TorchDtype dtype) {
    List<Long> steps = new ArrayList<>();
    try {
      if (count(sizes) == 0) {
        return 0;
      }
      for (int axis = 0; axis < sizes.size(); axis++) {
        steps.add(Math.multiplyExact(sizes.get(axis) - 1, strides.get(axis)));
      }
      long last = steps.stream().reduce(offset, Math::addExact);
      return Math.multiplyExact(Math.addExact(last, 1), dtype.bytes());
    } catch (ArithmeticException overflow) {
      throw new IllegalArgumentException("sizes overflow: " + sizes + ", " + strides, overflow);
    }
  }
}
