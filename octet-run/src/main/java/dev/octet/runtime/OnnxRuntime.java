package dev.octet.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.TensorInfo;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// ONNX Runtime's process-wide part, and its vocabulary in ours.
final class OnnxRuntime {
  private OnnxRuntime() {}

  /// The environment, of which a process has one; it is never closed. It reports nothing to anyone.
  static OrtEnvironment environment() {
    try {
      return Environment.INSTANCE;
    } catch (LinkageError | IllegalStateException e) {
      Throwable cause = e.getCause() != null ? e.getCause() : e;
      throw OctetException.failure(
          "onnxruntime-not-loaded",
          "ONNX Runtime",
          "its native library could not be loaded: " + cause.getMessage(),
          "there are builds for Linux (x64, aarch64), Windows (x64) and macOS (aarch64)",
          cause);
    }
  }

  /// Made once, when first asked for.
  private static final class Environment {
    static final OrtEnvironment INSTANCE = make();

    private static OrtEnvironment make() {
      Telemetry.turnOffBefore();
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      Telemetry.turnOff(environment);
      return environment;
    }
  }

  /// An input or output as ONNX Runtime describes it.
  ///
  /// @param model for messages
  static TensorSpec spec(String model, NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo tensor)) {
      throw OctetException.badInput(
          "not-a-tensor",
          model,
          "'" + node.getName() + "' is a sequence or map; only tensors go in and out",
          "end the model before that operator");
    }
    DataType type = dataType(tensor);
    return new TensorSpec(node.getName(), type, shape(tensor));
  }

  /// The element type of a tensor. ONNX Runtime's Java numbers are not ONNX's, so it goes by name.
  static DataType dataType(TensorInfo tensor) {
    return switch (tensor.onnxType) {
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> DataType.FLOAT;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> DataType.DOUBLE;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> DataType.FLOAT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> DataType.BFLOAT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> DataType.INT8;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> DataType.INT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> DataType.INT32;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> DataType.INT64;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> DataType.UINT8;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> DataType.UINT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32 -> DataType.UINT32;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> DataType.UINT64;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> DataType.BOOL;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING -> DataType.STRING;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_COMPLEX64 -> DataType.COMPLEX64;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_COMPLEX128 -> DataType.COMPLEX128;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E4M3FN -> DataType.FLOAT8E4M3FN;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E4M3FNUZ -> DataType.FLOAT8E4M3FNUZ;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E5M2 -> DataType.FLOAT8E5M2;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E5M2FNUZ -> DataType.FLOAT8E5M2FNUZ;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED ->
          throw new IllegalStateException("a tensor without an element type");
    };
  }

  /// The type under which ONNX Runtime's Java interface takes such elements, if it does.
  static Optional<OnnxJavaType> javaType(DataType type) {
    return Optional.ofNullable(
        switch (type) {
          case FLOAT -> OnnxJavaType.FLOAT;
          case DOUBLE -> OnnxJavaType.DOUBLE;
          case FLOAT16 -> OnnxJavaType.FLOAT16;
          case BFLOAT16 -> OnnxJavaType.BFLOAT16;
          case INT8 -> OnnxJavaType.INT8;
          case INT16 -> OnnxJavaType.INT16;
          case INT32 -> OnnxJavaType.INT32;
          case INT64 -> OnnxJavaType.INT64;
          case UINT8 -> OnnxJavaType.UINT8;
          case BOOL -> OnnxJavaType.BOOL;
          case STRING -> OnnxJavaType.STRING;
          case UINT16, UINT32, UINT64, COMPLEX64, COMPLEX128, UINT4, INT4 -> null;
          case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> null;
          case FLOAT4E2M1, FLOAT8E8M0 -> null;
        });
  }

  private static Shape shape(TensorInfo tensor) {
    long[] sizes = tensor.getShape();
    String[] names = tensor.getDimensionNames();
    List<Dim> dims = new ArrayList<>(sizes.length);
    for (int axis = 0; axis < sizes.length; axis++) {
      boolean named = axis < names.length && names[axis] != null && !names[axis].isEmpty();
      dims.add(
          sizes[axis] >= 0 ? Dim.of(sizes[axis]) : named ? Dim.of(names[axis]) : Dim.unknown());
    }
    return Shape.of(dims);
  }
}
