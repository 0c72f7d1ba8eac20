package dev.octet.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.StringTensor;
import dev.octet.ir.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Inputs and outputs in native memory that ONNX Runtime reads and writes in place.
///
/// Output sizes are learned from a first run. They must not depend on the inputs' values, only on
/// their shapes; a run that breaks this is refused by ONNX Runtime.
final class PinnedRun implements PreparedRun {
  private final String description;
  private final OrtSession session;
  private final Arena arena = Arena.ofShared();
  private final Map<String, MemorySegment> inputMemory = new LinkedHashMap<>();
  private final Map<String, DenseTensor> inputViews = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
  private final Map<String, Tensor> outputViews = new LinkedHashMap<>();

  private PinnedRun(String description, OrtSession session) {
    this.description = description;
    this.session = session;
  }

  /// @param feed checked against the inputs already
  static PinnedRun of(
      String description,
      OrtSession session,
      List<TensorSpec> inputs,
      List<TensorSpec> outputs,
      Map<String, Tensor> feed) {
    PinnedRun run = new PinnedRun(description, session);
    try {
      for (TensorSpec input : inputs) {
        Tensor tensor = feed.get(input.name());
        if (tensor != null) {
          run.addInput(input.name(), tensor);
        }
      }
      run.addOutputs(outputs);
      return run;
    } catch (OrtException cause) {
      run.close();
      throw OrtErrors.running(description, cause);
    } catch (RuntimeException cause) {
      run.close();
      throw cause;
    }
  }

  @Override
  public void load(Map<String, Tensor> feed) {
    feed.forEach(
        (name, tensor) -> {
          DenseTensor view = inputViews.get(name);
          MemorySegment memory = inputMemory.get(name);
          if (view == null
              || memory == null
              || tensor.dataType() != view.dataType()
              || !tensor.dims().equals(view.dims())) {
            throw OctetException.badInput(
                "input-shape",
                description + ", input '" + name + "'",
                "given " + tensor + " after being prepared for " + view,
                "prepare another run for another shape");
          }
          memory.copyFrom(tensor.data());
        });
  }

  @Override
  public void run() {
    try {
      session.run(inputs, outputs).close();
    } catch (OrtException cause) {
      throw OrtErrors.running(description, cause);
    }
  }

  @Override
  public Map<String, Tensor> outputs() {
    return Collections.unmodifiableMap(outputViews);
  }

  @Override
  public void close() {
    inputs.values().forEach(OnnxTensor::close);
    outputs.values().forEach(OnnxTensor::close);
    inputs.clear();
    outputs.clear();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  private void addInput(String name, Tensor tensor) throws OrtException {
    if (tensor instanceof StringTensor) {
      throw OctetException.badInput(
          "data-type-not-passed",
          description + ", input '" + name + "'",
          "strings have no fixed size, so a run on them cannot be prepared",
          "run it unprepared");
    }
    MemorySegment memory = allocate(tensor.byteSize());
    memory.copyFrom(tensor.data());
    DenseTensor view = new DenseTensor(tensor.dataType(), tensor.dims(), memory);
    inputMemory.put(name, memory);
    inputViews.put(name, view);
    inputs.put(name, over("input", name, view, memory));
  }

  private void addOutputs(List<TensorSpec> specs) throws OrtException {
    Map<String, DenseTensor> views = new LinkedHashMap<>();
    Map<String, MemorySegment> memories = new LinkedHashMap<>();
    try (OrtSession.Result first = session.run(inputs)) {
      for (Map.Entry<String, OnnxValue> entry : first) {
        String name = entry.getKey();
        if (!(entry.getValue() instanceof OnnxTensor tensor)
            || OnnxRuntime.dataType(tensor.getInfo()) == DataType.STRING) {
          throw OctetException.failure(
              "data-type-not-passed",
              description + ", output '" + name + "'",
              "holds no numbers, so a run cannot be prepared",
              "run it unprepared",
              null);
        }
        DataType type = OnnxRuntime.dataType(tensor.getInfo());
        List<Long> dims = Arrays.stream(tensor.getInfo().getShape()).boxed().toList();
        MemorySegment memory = allocate(type.byteSize(tensor.getInfo().getNumElements()));
        memories.put(name, memory);
        views.put(name, new DenseTensor(type, dims, memory));
      }
    }
    for (TensorSpec spec : specs) {
      DenseTensor view = views.get(spec.name());
      MemorySegment memory = memories.get(spec.name());
      if (view != null && memory != null) {
        outputs.put(spec.name(), over("output", spec.name(), view, memory));
        outputViews.put(spec.name(), view);
      }
    }
  }

  private OnnxTensor over(String role, String name, DenseTensor view, MemorySegment memory)
      throws OrtException {
    String place = description + ", " + role + " '" + name + "'";
    OrtEnvironment environment = OnnxRuntime.environment();
    return OrtTensors.over(environment, place, view.dataType(), OrtTensors.sizes(view), memory);
  }

  private MemorySegment allocate(long bytes) {
    return arena.allocate(Math.max(1, bytes), OrtTensors.ALIGNMENT).asSlice(0, bytes);
  }
}
