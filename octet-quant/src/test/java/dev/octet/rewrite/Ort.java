package dev.octet.rewrite;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// ONNX Runtime for judging quantized models: with and without its own optimizer.
public final class Ort {
  private Ort() {}

  /// Float results of a run.
  public record Outputs(Map<String, float[]> byName) {
    public float[] get(String name) {
      return Objects.requireNonNull(byName.get(name), name);
    }
  }

  /// The graph's float outputs by name.
  public static Outputs run(Model model, OptLevel level, Map<String, DenseTensor> inputs) {
    return run(model, level, inputs, Optional.empty());
  }

  /// The operators ONNX Runtime runs after its own optimization, counted by name.
  public static Map<String, Integer> optimizedOperators(Model model) {
    Map<String, Integer> counts = new TreeMap<>();
    for (Node node : optimized(model, OptLevel.ALL_OPT).graph().nodes()) {
      counts.merge(node.opType(), 1, Integer::sum);
    }
    return counts;
  }

  /// What ONNX Runtime makes of a model before running it.
  public static Model optimized(Model model, OptLevel level) {
    try {
      Path file = Files.createTempFile("optimized", ".onnx");
      try {
        run(model, level, Map.of(), Optional.of(file));
        return ModelReader.parse(Files.readAllBytes(file));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The extremes of the given values of a float model over one batch.
  public static CalibrationTable calibrate(
      Model model, Set<String> values, Map<String, DenseTensor> inputs) {
    Model observed = model.copy();
    observed.edit(
        editor -> {
          for (String name : values) {
            observed
                .graph()
                .findValue(name)
                .filter(value -> !value.isGraphOutput() && !value.isGraphInput())
                .ifPresent(value -> editor.addOutput(editor.graph(), value));
          }
        });
    Outputs outputs = run(observed, OptLevel.NO_OPT, inputs);
    Map<String, Range> ranges = new LinkedHashMap<>();
    for (String name : values) {
      DenseTensor fed = inputs.get(name);
      float[] numbers = fed == null ? outputs.get(name) : fed.toFloatArray();
      float low = Float.POSITIVE_INFINITY;
      float high = Float.NEGATIVE_INFINITY;
      for (float number : numbers) {
        low = Math.min(low, number);
        high = Math.max(high, number);
      }
      ranges.put(name, new Range(low, high));
    }
    return CalibrationTable.ofRanges(ranges);
  }

  private static Outputs run(
      Model model, OptLevel level, Map<String, DenseTensor> inputs, Optional<Path> optimizedFile) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> fed = new LinkedHashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(level);
      options.setIntraOpNumThreads(1);
      options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      if (optimizedFile.isPresent()) {
        options.setOptimizedModelFilePath(optimizedFile.get().toString());
      }
      try (OrtSession session = environment.createSession(ModelWriter.encode(model), options)) {
        Map<String, float[]> outputs = new LinkedHashMap<>();
        if (optimizedFile.isPresent()) {
          return new Outputs(outputs);
        }
        for (Map.Entry<String, DenseTensor> input : inputs.entrySet()) {
          long[] shape = input.getValue().dims().stream().mapToLong(Long::longValue).toArray();
          fed.put(
              input.getKey(),
              OnnxTensor.createTensor(
                  environment, FloatBuffer.wrap(input.getValue().toFloatArray()), shape));
        }
        try (OrtSession.Result result = session.run(fed)) {
          for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
            FloatBuffer buffer = ((OnnxTensor) output.getValue()).getFloatBuffer();
            float[] numbers = new float[buffer.remaining()];
            buffer.get(numbers);
            outputs.put(output.getKey(), numbers);
          }
        }
        return new Outputs(outputs);
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } finally {
      fed.values().forEach(OnnxTensor::close);
    }
  }
}
