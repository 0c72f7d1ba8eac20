package dev.octet.testkit;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.Shape;
import dev.octet.ir.StringTensor;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// ONNX Runtime on one thread, with its own optimizer off unless a method says otherwise, as the
/// judge of what a model computes. Its refusals come out as [AssertionError]s: in a test, a model
/// it will not load is a
/// failure.
public final class OnnxRuntimeOracle {
  private OnnxRuntimeOracle() {}

  /// The graph outputs by name, in order.
  public static Map<String, Tensor> run(Model model, Map<String, ? extends Tensor> inputs) {
    return run(ModelWriter.encode(model), inputs);
  }

  /// As [#run(Model, Map)], after all of the runtime's own optimization: with the kernels a user's
  /// session has.
  public static Map<String, Tensor> runOptimized(
      Model model, Map<String, ? extends Tensor> inputs) {
    return run(ModelWriter.encode(model), inputs, OrtSession.SessionOptions.OptLevel.ALL_OPT);
  }

  /// The graph outputs of an encoded model by name, in order.
  public static Map<String, Tensor> run(byte[] model, Map<String, ? extends Tensor> inputs) {
    return run(model, inputs, OrtSession.SessionOptions.OptLevel.NO_OPT);
  }

  private static Map<String, Tensor> run(
      byte[] model,
      Map<String, ? extends Tensor> inputs,
      OrtSession.SessionOptions.OptLevel optimization) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensorLike> fed = new LinkedHashMap<>();
    try (OrtSession.SessionOptions options = options()) {
      options.setOptimizationLevel(optimization);
      try (OrtSession session = environment.createSession(model, options)) {
        for (Map.Entry<String, ? extends Tensor> input : inputs.entrySet()) {
          fed.put(input.getKey(), toOnnx(environment, input.getValue()));
        }
        try (OrtSession.Result result = session.run(fed)) {
          Map<String, Tensor> outputs = new LinkedHashMap<>();
          for (Map.Entry<String, OnnxValue> output : result) {
            outputs.put(output.getKey(), fromOnnx(output.getKey(), output.getValue()));
          }
          return outputs;
        }
      }
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime refused: " + e.getMessage(), e);
    } finally {
      fed.values().forEach(OnnxTensorLike::close);
    }
  }

  /// What ONNX Runtime infers about every value of the main graph that a node computes, by name.
  /// Types stated for such values are not shown to it. Dimensions come back known, symbolic or
  /// unknown; values that are no tensors are left out.
  public static Map<String, ValueType.OfTensor> inferTypes(Model model) {
    Model exposed = model.copy();
    exposed.edit(
        editor -> {
          for (Node node : exposed.graph().nodes()) {
            for (Value output : node.outputs()) {
              if (output != null) {
                editor.setType(output, null);
                editor.setInfoFields(output, OpaqueFields.NONE);
                if (!output.isGraphOutput()) {
                  editor.addOutput(exposed.graph(), output);
                }
              }
            }
          }
        });
    Map<String, ValueType.OfTensor> types = new LinkedHashMap<>();
    try (OrtSession.SessionOptions options = options();
        OrtSession session =
            OrtEnvironment.getEnvironment().createSession(ModelWriter.encode(exposed), options)) {
      for (Map.Entry<String, NodeInfo> output : session.getOutputInfo().entrySet()) {
        if (output.getValue().getInfo() instanceof TensorInfo info) {
          types.put(output.getKey(), ValueType.tensor(dataType(info), shape(info)));
        }
      }
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime refused: " + e.getMessage(), e);
    }
    return types;
  }

  /// The operators ONNX Runtime runs after all of its own optimization, counted by name.
  public static Map<String, Integer> optimizedOperators(Model model) {
    Map<String, Integer> counts = new TreeMap<>();
    try {
      Path file = Files.createTempFile("optimized", ".onnx");
      try (OrtSession.SessionOptions options = options()) {
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        options.setOptimizedModelFilePath(file.toString());
        OrtEnvironment.getEnvironment().createSession(ModelWriter.encode(model), options).close();
        for (Node node : ModelReader.parse(Files.readAllBytes(file)).graph().nodes()) {
          counts.merge(node.opType(), 1, Integer::sum);
        }
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime refused: " + e.getMessage(), e);
    }
    return counts;
  }

  private static OrtSession.SessionOptions options() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    return options;
  }

  private static OnnxTensor toOnnx(OrtEnvironment environment, Tensor tensor) throws OrtException {
    long[] dims = tensor.dims().stream().mapToLong(Long::longValue).toArray();
    return switch (tensor) {
      case StringTensor strings ->
          OnnxTensor.createTensor(
              environment,
              strings.values().stream()
                  .map(value -> new String(value.encoded(), StandardCharsets.UTF_8))
                  .toArray(String[]::new),
              dims);
      case DenseTensor dense -> {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(dense.byteSize()));
        MemorySegment.ofBuffer(bytes).copyFrom(dense.data());
        bytes.order(ByteOrder.nativeOrder());
        yield OnnxTensor.createTensor(environment, bytes, dims, javaType(dense.dataType()));
      }
    };
  }

  private static Tensor fromOnnx(String name, OnnxValue value) throws OrtException {
    if (!(value instanceof OnnxTensor tensor)) {
      throw new AssertionError("output '" + name + "' is no tensor: " + value.getInfo());
    }
    TensorInfo info = tensor.getInfo();
    long[] dims = info.getShape();
    if (info.type == OnnxJavaType.STRING) {
      List<OpaqueFields> strings = new ArrayList<>();
      flatten(tensor.getValue(), strings);
      return new StringTensor(Arrays.stream(dims).boxed().toList(), strings);
    }
    ByteBuffer buffer = tensor.getByteBuffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return DenseTensor.ofBytes(dataType(info), bytes, dims);
  }

  private static void flatten(@Nullable Object value, List<OpaqueFields> strings) {
    if (value instanceof Object[] items) {
      for (Object item : items) {
        flatten(item, strings);
      }
    } else if (value instanceof String text) {
      strings.add(OpaqueFields.of(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static DataType dataType(TensorInfo info) {
    // The enum's own numbers are not ONNX's; the names agree.
    String name = info.onnxType.name().replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", "");
    return Arrays.stream(DataType.values())
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("unknown element type " + info));
  }

  private static Shape shape(TensorInfo info) {
    long[] sizes = info.getShape();
    String[] names = info.getDimensionNames();
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < sizes.length; axis++) {
      boolean named = names != null && axis < names.length && !names[axis].isEmpty();
      dims.add(
          sizes[axis] >= 0 ? Dim.of(sizes[axis]) : named ? Dim.of(names[axis]) : Dim.unknown());
    }
    return Shape.of(dims);
  }

  private static OnnxJavaType javaType(DataType type) {
    return switch (type) {
      case FLOAT -> OnnxJavaType.FLOAT;
      case DOUBLE -> OnnxJavaType.DOUBLE;
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case BFLOAT16 -> OnnxJavaType.BFLOAT16;
      case INT8 -> OnnxJavaType.INT8;
      case UINT8 -> OnnxJavaType.UINT8;
      case INT16 -> OnnxJavaType.INT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case BOOL -> OnnxJavaType.BOOL;
      case UINT16, UINT32, UINT64, UINT4, INT4, STRING, COMPLEX64, COMPLEX128 ->
          throw noInput(type);
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> throw noInput(type);
      case FLOAT4E2M1, FLOAT8E8M0 -> throw noInput(type);
    };
  }

  private static AssertionError noInput(DataType type) {
    return new AssertionError("ONNX Runtime for Java takes no " + type + " inputs");
  }
}
