package dev.octet.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.StringTensor;
import dev.octet.ir.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Tensors to and from ONNX Runtime. Every platform it is built for is little-endian, as
/// [DenseTensor] is, so bytes pass unchanged.
final class OrtTensors {
  /// ONNX Runtime's kernels assume at least what an allocator would give.
  static final long ALIGNMENT = 64;

  private OrtTensors() {}

  /// A tensor for ONNX Runtime to read: the given native memory itself, or a copy of heap memory.
  ///
  /// @param place for messages
  /// @param allocator where copies are put; must outlive the result
  static OnnxTensor of(
      OrtEnvironment environment, String place, Tensor tensor, SegmentAllocator allocator)
      throws OrtException {
    return switch (tensor) {
      case StringTensor strings ->
          OnnxTensor.createTensor(
              environment,
              strings.values().stream().map(OrtTensors::utf8).toArray(String[]::new),
              sizes(strings));
      case DenseTensor dense -> {
        MemorySegment data = dense.data();
        boolean usable = data.isNative() && data.address() % 8 == 0 && data.byteSize() > 0;
        yield over(
            environment,
            place,
            dense.dataType(),
            sizes(dense),
            usable ? data : copy(data, allocator));
      }
    };
  }

  /// A tensor over native memory.
  static OnnxTensor over(
      OrtEnvironment environment,
      String place,
      DataType type,
      long[] sizes,
      MemorySegment nativeMemory)
      throws OrtException {
    OnnxJavaType javaType =
        OnnxRuntime.javaType(type)
            .orElseThrow(
                () ->
                    OctetException.badInput(
                        "data-type-not-passed",
                        place,
                        "ONNX Runtime's Java interface does not take " + type + " tensors",
                        "put a Cast at the model's rim"));
    if (nativeMemory.byteSize() > Integer.MAX_VALUE) {
      throw OctetException.badInput(
          "tensor-too-large",
          place,
          "has "
              + nativeMemory.byteSize()
              + " bytes, and ONNX Runtime's Java interface takes 2 GiB",
          "use a smaller batch");
    }
    return OnnxTensor.createTensor(
        environment, nativeMemory.asByteBuffer().order(ByteOrder.nativeOrder()), sizes, javaType);
  }

  /// A copy of what ONNX Runtime computed, independent of it.
  static Tensor toTensor(String place, OnnxValue value) throws OrtException {
    if (!(value instanceof OnnxTensor tensor)) {
      throw OctetException.failure(
          "not-a-tensor", place, "came out as " + value.getType() + ", not as a tensor", "", null);
    }
    List<Long> dims = Arrays.stream(tensor.getInfo().getShape()).boxed().toList();
    DataType type = OnnxRuntime.dataType(tensor.getInfo());
    if (type == DataType.STRING) {
      List<OpaqueFields> values = new ArrayList<>();
      flatten(tensor.getValue(), values);
      return new StringTensor(dims, values);
    }
    // A heap copy that nothing else refers to, so it needs no second one.
    byte[] bytes = tensor.getByteBuffer().array();
    return new DenseTensor(type, dims, MemorySegment.ofArray(bytes));
  }

  static long[] sizes(Tensor tensor) {
    return tensor.dims().stream().mapToLong(Long::longValue).toArray();
  }

  private static MemorySegment copy(MemorySegment data, SegmentAllocator allocator) {
    // Not of size 0, which has no address of its own.
    MemorySegment copy = allocator.allocate(Math.max(1, data.byteSize()), ALIGNMENT);
    return copy.asSlice(0, data.byteSize()).copyFrom(data);
  }

  private static String utf8(OpaqueFields bytes) {
    return new String(bytes.encoded(), StandardCharsets.UTF_8);
  }

  private static void flatten(Object nested, List<OpaqueFields> into) {
    switch (nested) {
      case Object[] array -> Arrays.stream(array).forEach(element -> flatten(element, into));
      case String text -> into.add(OpaqueFields.of(text.getBytes(StandardCharsets.UTF_8)));
      default -> throw new IllegalStateException("a string tensor holding " + nested);
    }
  }
}
