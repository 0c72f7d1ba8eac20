package dev.octet.calibrate;

import dev.octet.data.Batch;
import dev.octet.data.Sample;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Tensor;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.PreparedRun;
import dev.octet.stats.Collector;
import dev.octet.stats.HistogramCollector;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One thread's share of a calibration: runs batches and feeds its own collectors from the buffers
/// ONNX Runtime wrote to.
final class CalibrationWorker implements AutoCloseable {
  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Numbers of one value that histograms count of a sample when not all are looked at.
  private static final int ENOUGH = 8192;

  private final InferenceSession session;
  private final CalibrationNeeds needs;
  private final CalibrationOptions.Looking looking;
  private Findings findings;
  private boolean preparing = true;
  private @Nullable PreparedRun prepared;
  private Map<String, List<Long>> preparedDims = Map.of();
  private OptionalLong failedAt = OptionalLong.empty();

  /// What a worker has seen since it was last asked.
  ///
  /// @param collectors by value, in the order asked for; of values that hold no floats, none
  /// @param names of samples that set an extreme, and maybe of more
  record Findings(Map<String, Collector> collectors, SortedMap<Long, String> names) {
    static Findings none(CalibrationNeeds needs) {
      Map<String, Collector> collectors = new LinkedHashMap<>();
      needs.needs().forEach(need -> collectors.put(need.value(), need.estimator().newCollector()));
      return new Findings(collectors, new TreeMap<>());
    }
  }

  /// @param session has every value needed among its inputs or outputs
  /// @param needs at least one
  CalibrationWorker(
      InferenceSession session, CalibrationNeeds needs, CalibrationOptions.Looking looking) {
    this.session = session;
    this.needs = needs;
    this.looking = looking;
    this.findings = none();
  }

  /// Hands over what was seen, and begins anew.
  Findings take() {
    Findings taken = findings;
    findings = none();
    return taken;
  }

  /// First sample of the batch that could not be used, if there was one.
  OptionalLong failedAt() {
    return failedAt;
  }

  /// @throws OctetException `BAD_INPUT` when the model does not take the batch; `FAILURE` when a
  ///     value is not finite
  void accept(NumberedBatches.Numbered numbered) {
    Batch batch = numbered.batch();
    try {
      Map<String, Tensor> outputs = run(batch);
      Iterator<Map.Entry<String, Collector>> values = findings.collectors.entrySet().iterator();
      while (values.hasNext()) {
        Map.Entry<String, Collector> each = values.next();
        String name = each.getKey();
        Tensor value = Optional.ofNullable(outputs.get(name)).orElse(batch.inputs().get(name));
        if (value == null) {
          throw new IllegalStateException("'" + name + "' is neither input nor output");
        }
        Optional<MemorySegment> floats = floats(value);
        if (floats.isPresent()) {
          observe(name, value, floats.get(), each.getValue(), numbered);
        } else {
          values.remove();
        }
      }
    } catch (RuntimeException cause) {
      failedAt = OptionalLong.of(numbered.first());
      throw cause;
    }
  }

  @Override
  public void close() {
    if (prepared != null) {
      prepared.close();
    }
  }

  private Findings none() {
    Findings none = Findings.none(needs);
    if (looking == CalibrationOptions.Looking.ENOUGH) {
      for (Collector collector : none.collectors.values()) {
        if (collector instanceof HistogramCollector histogram) {
          histogram.countAtMost(ENOUGH);
        }
      }
    }
    return none;
  }

  /// Batches are of one shape, but for the last and where inputs vary in length; the odd ones run
  /// unprepared. So does everything where the sizes of results depend on more than those of inputs.
  private Map<String, Tensor> run(Batch batch) {
    if (!preparing) {
      return session.run(batch.inputs());
    }
    Map<String, List<Long>> dims = new HashMap<>();
    batch.inputs().forEach((name, tensor) -> dims.put(name, tensor.dims()));
    if (prepared != null && !dims.equals(preparedDims)) {
      return session.run(batch.inputs());
    }
    try {
      if (prepared == null) {
        prepared = session.prepare(batch.inputs());
        preparedDims = dims;
      } else {
        prepared.load(batch.inputs());
      }
      prepared.run();
      return prepared.outputs();
    } catch (OctetException failed) {
      if (failed.kind() == OctetException.Kind.BAD_INPUT) {
        throw failed;
      }
      Map<String, Tensor> outputs = session.run(batch.inputs());
      preparing = false;
      return outputs;
    }
  }

  private void observe(
      String name,
      Tensor value,
      MemorySegment floats,
      Collector collector,
      NumberedBatches.Numbered numbered) {
    List<Sample> samples = numbered.batch().samples();
    // Rows of a batch follow each other along the first axis, also where it is folded with others.
    boolean divides = !value.dims().isEmpty() && value.dims().getFirst() % samples.size() == 0;
    int parts = divides ? samples.size() : 1;
    long size = floats.byteSize() / parts;
    for (int part = 0; part < parts; part++) {
      long sample = numbered.first() + part;
      collector.accept(floats.asSlice(part * size, size), sample);
      if (collector.nonFinite() > 0) {
        throw OctetException.failure(
            "value-not-finite",
            session.description() + ", value '" + name + "'",
            "holds "
                + collector.nonFinite()
                + " NaN or infinite numbers of "
                + size / Float.BYTES
                + " for sample "
                + sample
                + (parts == 1 && samples.size() > 1
                    ? " or one of the " + (samples.size() - 1) + " after it"
                    : ", " + samples.get(part).name()),
            "look at that sample, or keep what computes the value in float",
            null);
      }
      if (collector.minSample().orElse(-1) == sample
          || collector.maxSample().orElse(-1) == sample) {
        findings.names.put(sample, samples.get(part).name());
      }
    }
  }

  /// The value's numbers as little-endian floats; empty when it is of another kind.
  private static Optional<MemorySegment> floats(Tensor value) {
    return switch (value.dataType()) {
      case FLOAT -> Optional.of(value.data());
      case FLOAT16 -> Optional.of(widened(value.data()));
      case DOUBLE, BFLOAT16 -> {
        DenseTensor dense = (DenseTensor) value;
        float[] floats = new float[Math.toIntExact(dense.elementCount())];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) dense.doubleAt(i);
        }
        yield Optional.of(MemorySegment.ofArray(floats));
      }
      default -> Optional.empty();
    };
  }

  private static MemorySegment widened(MemorySegment halves) {
    float[] floats = new float[Math.toIntExact(halves.byteSize() / Short.BYTES)];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Float.float16ToFloat(halves.get(HALF, (long) i * Short.BYTES));
    }
    return MemorySegment.ofArray(floats);
  }
}
