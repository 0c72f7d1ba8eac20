package dev.octet.libtorch.exec;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumSet;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Tensors in and out of libtorch.
public final class Tensors {
  /// Types of ours that libtorch does not have as such.
  private static final EnumSet<DataType> FOREIGN =
      EnumSet.of(DataType.STRING, DataType.UINT4, DataType.INT4, DataType.FLOAT4E2M1);

  private Tensors() {}

  /// Sizes of a tensor, outermost first.
  public static long[] sizes(Tensor tensor) {
    long[] sizes = new long[(int) tensor.dim()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = tensor.size(i);
    }
    return sizes;
  }

  /// A libtorch tensor holding a copy of `values`.
  public static Tensor of(float[] values, long... sizes) {
    Tensor tensor =
        torch.empty(sizes, new TensorOptions(ScalarType.Float), new MemoryFormatOptional());
    MemorySegment.copy(MemorySegment.ofArray(values), 0, bytes(tensor), 0, values.length * 4L);
    return tensor;
  }

  /// A libtorch tensor holding a copy of `values`.
  public static Tensor of(long[] values, long... sizes) {
    Tensor tensor =
        torch.empty(sizes, new TensorOptions(ScalarType.Long), new MemoryFormatOptional());
    MemorySegment.copy(MemorySegment.ofArray(values), 0, bytes(tensor), 0, values.length * 8L);
    return tensor;
  }

  /// A tensor whose elements are to be written.
  ///
  /// @throws IllegalArgumentException when libtorch has no such element type
  public static Tensor empty(DataType type, long... sizes) {
    return torch.empty(sizes, new TensorOptions(scalarType(type)), new MemoryFormatOptional());
  }

  /// A libtorch tensor holding a copy of `source`.
  ///
  /// @throws IllegalArgumentException when libtorch has no such element type
  public static Tensor copyOf(dev.octet.ir.Tensor source) {
    long[] sizes = source.dims().stream().mapToLong(Long::longValue).toArray();
    Tensor tensor = empty(source.dataType(), sizes);
    MemorySegment.copy(source.data(), 0, bytes(tensor), 0, source.byteSize());
    return tensor;
  }

  /// A copy of a libtorch tensor on the Java heap, in row-major order.
  public static DenseTensor toDense(Tensor tensor) {
    try (PointerScope scope = new PointerScope()) {
      Tensor plain = tensor.detach().contiguous();
      return DenseTensor.ofBytes(
          dataType(plain.scalar_type()),
          bytes(plain).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE),
          sizes(plain));
    }
  }

  /// The elements of a float tensor, in row-major order.
  public static float[] toFloats(Tensor tensor) {
    return toDense(tensor).toFloatArray();
  }

  /// The elements of an int64 tensor, in row-major order.
  public static long[] toLongs(Tensor tensor) {
    return toDense(tensor).toLongArray();
  }

  /// The memory of a contiguous tensor, valid while the tensor lives.
  ///
  /// @throws IllegalArgumentException when the tensor is not contiguous
  public static MemorySegment bytes(Tensor tensor) {
    if (!tensor.is_contiguous()) {
      throw new IllegalArgumentException(
          "tensor " + Arrays.toString(sizes(tensor)) + " is not contiguous");
    }
    long size = tensor.nbytes();
    if (size == 0) {
      return MemorySegment.NULL;
    }
    return MemorySegment.ofAddress(tensor.data_ptr().address()).reinterpret(size);
  }

  /// A tensor over foreign memory, without a copy. The memory must outlive the tensor.
  static Tensor over(MemorySegment memory, long[] sizes, long[] strides, ScalarType type) {
    return torch.from_blob(new Address(memory), sizes, strides, new TensorOptions(type));
  }

  /// libtorch's name of an element type.
  ///
  /// @throws IllegalArgumentException when it has none
  static ScalarType scalarType(DataType type) {
    return switch (type) {
      case FLOAT -> ScalarType.Float;
      case DOUBLE -> ScalarType.Double;
      case FLOAT16 -> ScalarType.Half;
      case BFLOAT16 -> ScalarType.BFloat16;
      case UINT8 -> ScalarType.Byte;
      case INT8 -> ScalarType.Char;
      case INT16 -> ScalarType.Short;
      case INT32 -> ScalarType.Int;
      case INT64 -> ScalarType.Long;
      case UINT16 -> ScalarType.UInt16;
      case UINT32 -> ScalarType.UInt32;
      case UINT64 -> ScalarType.UInt64;
      case BOOL -> ScalarType.Bool;
      case COMPLEX64 -> ScalarType.ComplexFloat;
      case COMPLEX128 -> ScalarType.ComplexDouble;
      case FLOAT8E4M3FN -> ScalarType.Float8_e4m3fn;
      case FLOAT8E4M3FNUZ -> ScalarType.Float8_e4m3fnuz;
      case FLOAT8E5M2 -> ScalarType.Float8_e5m2;
      case FLOAT8E5M2FNUZ -> ScalarType.Float8_e5m2fnuz;
      case FLOAT8E8M0 -> ScalarType.Float8_e8m0fnu;
      case STRING, UINT4, INT4, FLOAT4E2M1 ->
          throw new IllegalArgumentException("libtorch has no element type like " + type);
    };
  }

  /// Our name of libtorch's element type.
  ///
  /// @throws IllegalArgumentException when there is none
  static DataType dataType(ScalarType type) {
    for (DataType candidate : EnumSet.complementOf(FOREIGN)) {
      if (scalarType(candidate).value == type.intern().value) {
        return candidate;
      }
    }
    throw new IllegalArgumentException("no element type like libtorch's " + type);
  }

  /// A bare address for libtorch to read from.
  private static final class Address extends Pointer {
    Address(MemorySegment memory) {
      address = memory.address();
    }
  }
}
