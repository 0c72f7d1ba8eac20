package dev.octet.calibrate;

import dev.octet.data.Batch;
import dev.octet.data.Sample;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Tensor;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.PreparedRun;
import dev.octet.stats.Collector;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One thread's share of a calibration: runs batches and feeds its own collectors from the buffers
/// ONNX Runtime wrote to.
final class CalibrationWorker implements AutoCloseable {
  private final InferenceSession session;
  private final Map<String, Collector> collectors = new LinkedHashMap<>();
  private @Nullable PreparedRun prepared;
  private Map<String, List<Long>> preparedDims = Map.of();

  /// @param session has every value needed among its inputs or outputs
  CalibrationWorker(InferenceSession session, CalibrationNeeds needs) {
    this.session = session;
    needs.needs().forEach(need -> collectors.put(need.value(), need.estimator().newCollector()));
  }

  Map<String, Collector> collectors() {
    return collectors;
  }

  /// @throws OctetException `BAD_INPUT` when the model does not take the batch; `FAILURE` when a
  ///     value is not finite
  void accept(NumberedBatches.Numbered numbered) {
    Batch batch = numbered.batch();
    Map<String, Tensor> outputs = run(batch);
    collectors.forEach(
        (name, collector) -> {
          Tensor value = Optional.ofNullable(outputs.get(name)).orElse(batch.inputs().get(name));
          if (value == null) {
            throw new IllegalStateException("'" + name + "' is neither input nor output");
          }
          observe(name, value, collector, numbered);
        });
  }

  @Override
  public void close() {
    if (prepared != null) {
      prepared.close();
    }
  }

  /// Batches are of one shape, but for the last and where inputs vary in length; the odd ones run
  /// unprepared.
  private Map<String, Tensor> run(Batch batch) {
    Map<String, List<Long>> dims = new HashMap<>();
    batch.inputs().forEach((name, tensor) -> dims.put(name, tensor.dims()));
    if (prepared == null) {
      prepared = session.prepare(batch.inputs());
      preparedDims = dims;
    } else if (!dims.equals(preparedDims)) {
      return session.run(batch.inputs());
    } else {
      prepared.load(batch.inputs());
    }
    prepared.run();
    return prepared.outputs();
  }

  private void observe(
      String name, Tensor value, Collector collector, NumberedBatches.Numbered numbered) {
    MemorySegment floats = floats(name, value);
    List<Sample> samples = numbered.batch().samples();
    // Rows of a batch follow each other along the first axis, also where it is folded with others.
    boolean divides = !value.dims().isEmpty() && value.dims().getFirst() % samples.size() == 0;
    int parts = divides ? samples.size() : 1;
    long size = floats.byteSize() / parts;
    for (int part = 0; part < parts; part++) {
      collector.accept(floats.asSlice(part * size, size), numbered.first() + part);
      if (collector.nonFinite() > 0) {
        throw OctetException.failure(
            "value-not-finite",
            session.description() + ", value '" + name + "'",
            "is NaN or infinite for sample " + samples.get(part).name(),
            "look at that sample, or keep what computes the value in float",
            null);
      }
    }
  }

  private MemorySegment floats(String name, Tensor value) {
    if (value.dataType() == DataType.FLOAT) {
      return value.data();
    }
    if (value instanceof DenseTensor dense
        && (value.dataType() == DataType.DOUBLE
            || value.dataType() == DataType.FLOAT16
            || value.dataType() == DataType.BFLOAT16)) {
      float[] floats = new float[Math.toIntExact(dense.elementCount())];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) dense.doubleAt(i);
      }
      return MemorySegment.ofArray(floats);
    }
    throw OctetException.usage(
        "value-not-float",
        session.description() + ", value '" + name + "'",
        "holds " + value.dataType() + " elements; only floats have a range to find",
        "");
  }
}
