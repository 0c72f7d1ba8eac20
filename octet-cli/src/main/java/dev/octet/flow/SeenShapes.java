package dev.octet.flow;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeHints;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.ir.shape.ShapeReport;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.SessionOptions;
import dev.octet.runtime.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Types and sizes that real runs show of the values no shape rule knows.
final class SeenShapes {
  private SeenShapes() {}

  /// Runs `model` on the first samples, and on each of them twice over where the inputs' first
  /// dimension is open, so that what depends on it is seen to.
  ///
  /// @throws OctetException when the model does not run on a sample
  static ShapeHints of(Model model, SampleRequest request, ModelFile file) {
    Set<String> wanted = unknown(model);
    if (wanted.isEmpty()) {
      return ShapeHints.NONE;
    }
    List<Map<String, ValueType.OfTensor>> runs = new ArrayList<>();
    try (InferenceSession session =
        InferenceSession.observing(model, "the model", SessionOptions.UNCHANGED, wanted)) {
      SampleSource source = Samples.open(request, file, session.inputs());
      try (Stream<Sample> samples = source.samples()) {
        samples
            .limit(PrepareFlow.MOST_SAMPLES)
            .forEach(
                sample -> {
                  runs.add(seen(session, sample.inputs()));
                  twice(session.inputs(), sample.inputs(), session, runs);
                });
      }
    }
    return ShapeHints.agreed(model, runs);
  }

  /// Tensors of the main graph without a full type, as inference leaves them.
  private static Set<String> unknown(Model model) {
    Model inferred = model.copy();
    ShapeReport report = ShapeInference.infer(inferred);
    Set<String> names = new LinkedHashSet<>();
    if (report.isComplete()) {
      return names;
    }
    for (Value value : inferred.graph().values()) {
      boolean typed =
          value.type().isPresent()
              && !(value.type().get() instanceof ValueType.OfTensor(var _, var shape)
                  && shape == null);
      if (value.producer().isPresent() && !typed) {
        names.add(value.name());
      }
    }
    return names;
  }

  private static void twice(
      List<TensorSpec> inputs,
      Map<String, Tensor> sample,
      InferenceSession session,
      List<Map<String, ValueType.OfTensor>> runs) {
    Map<String, Tensor> doubled = new LinkedHashMap<>(sample);
    for (TensorSpec input : inputs) {
      boolean open = input.shape().rank() > 0 && !(input.shape().dim(0) instanceof Dim.Known);
      if (open && sample.get(input.name()) instanceof DenseTensor tensor) {
        doubled.put(input.name(), twice(tensor));
      }
    }
    if (doubled.equals(sample)) {
      return;
    }
    try {
      runs.add(seen(session, doubled));
    } catch (OctetException refusal) {
      // Not every model with an open first dimension takes any size of it; one run is a run too.
      return;
    }
  }

  private static Tensor twice(DenseTensor tensor) {
    byte[] once = tensor.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    byte[] bytes = new byte[2 * once.length];
    System.arraycopy(once, 0, bytes, 0, once.length);
    System.arraycopy(once, 0, bytes, once.length, once.length);
    List<Long> dims = new ArrayList<>(tensor.dims());
    dims.set(0, 2 * dims.getFirst());
    return new DenseTensor(tensor.dataType(), dims, MemorySegment.ofArray(bytes));
  }

  private static Map<String, ValueType.OfTensor> seen(
      InferenceSession session, Map<String, Tensor> inputs) {
    Map<String, ValueType.OfTensor> types = new LinkedHashMap<>();
    inputs.forEach((name, tensor) -> types.put(name, typeOf(tensor)));
    session.run(inputs).forEach((name, tensor) -> types.put(name, typeOf(tensor)));
    return types;
  }

  private static ValueType.OfTensor typeOf(Tensor tensor) {
    return ValueType.tensor(tensor.dataType(), tensor.shape());
  }
}
