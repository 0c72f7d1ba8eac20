package dev.octet.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.AtomicFile;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// A model run by ONNX Runtime on the CPU. Owns the native session.
///
/// Inputs in native memory are read in place; others are copied once. Observing values opens a
/// second session, on a copy of the model that has them as outputs, and keeps it for the next time.
public final class InferenceSession implements TimedRunner {
  /// Bytes of a model up to which it is handed over in memory.
  private static final long MOST_IN_MEMORY = 256L << 20;

  private final String description;
  private final SessionOptions options;
  private final OrtSession session;
  private final List<TensorSpec> inputs;
  private final List<TensorSpec> outputs;
  private final Supplier<Model> model;
  private final Map<Set<String>, InferenceSession> observers = new HashMap<>();

  private InferenceSession(
      String description, SessionOptions options, OrtSession session, Supplier<Model> model)
      throws OrtException {
    this.description = description;
    this.options = options;
    this.session = session;
    this.model = model;
    this.inputs = specs(description, session.getInputInfo());
    this.outputs = specs(description, session.getOutputInfo());
  }

  /// Opens a model file. External data is found beside it.
  ///
  /// @throws OctetException `BAD_INPUT` when the file is missing, no model, or one that ONNX
  ///     Runtime does not take
  public static InferenceSession open(Path file, SessionOptions options) {
    if (!Files.isRegularFile(file)) {
      throw OctetException.badInput(
          "model-missing",
          file.toString(),
          Files.exists(file) ? "is not a file" : "does not exist",
          "expected an ONNX model");
    }
    // Protobuf takes no bytes for a message without fields.
    if (file.toFile().length() == 0) {
      throw OctetException.badInput(
          "not-a-model", file.toString(), "is empty", "expected an ONNX model");
    }
    return open(
        file.toString(), options, settings -> create(file, settings), () -> ModelReader.read(file));
  }

  /// ONNX Runtime looks for external data beside a link, but it may lie beside what that leads to.
  private static OrtSession create(Path file, OrtSession.SessionOptions settings)
      throws OrtException {
    try {
      return OnnxRuntime.environment().createSession(file.toString(), settings);
    } catch (OrtException refusal) {
      if (!Files.isSymbolicLink(file)) {
        throw refusal;
      }
      try {
        Path real = AtomicFile.behindLinks(file);
        return OnnxRuntime.environment().createSession(real.toString(), settings);
      } catch (IOException | OrtException again) {
        refusal.addSuppressed(again);
        throw refusal;
      }
    }
  }

  /// Opens a model held in memory. Later edits of `model` do not show.
  ///
  /// @param description what messages call it
  /// @throws OctetException `BAD_INPUT` when ONNX Runtime does not take the model
  public static InferenceSession open(Model model, String description, SessionOptions options) {
    Model kept = model.copy();
    if (ModelWriter.size(kept) > MOST_IN_MEMORY) {
      return openAsFile(kept, description, options);
    }
    byte[] encoded = ModelWriter.encode(kept);
    return open(
        description,
        options,
        settings -> OnnxRuntime.environment().createSession(encoded, settings),
        () -> kept);
  }

  /// Opens a model with more outputs: values inside it, after its own outputs.
  ///
  /// @param description what messages call it
  /// @param observe names of values of the main graph, of any kind
  /// @throws OctetException as [#open(Model, String, SessionOptions)], and `USAGE` when the model
  ///     has no such value
  public static InferenceSession observing(
      Model model, String description, SessionOptions options, Collection<String> observe) {
    return open(ObservedModel.of(model, description, observe), description, options);
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public List<TensorSpec> inputs() {
    return inputs;
  }

  @Override
  public List<TensorSpec> outputs() {
    return outputs;
  }

  /// How this session was opened.
  public SessionOptions options() {
    return options;
  }

  /// The model's `metadata_props`, in order of key.
  public Map<String, String> metadata() {
    try {
      return Collections.unmodifiableMap(new TreeMap<>(session.getMetadata().getCustomMetadata()));
    } catch (OrtException cause) {
      throw OrtErrors.running(description, cause);
    }
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> feed) {
    InputCheck.check(description, inputs, feed);
    Map<String, OnnxTensor> fed = new LinkedHashMap<>();
    try (Arena arena = Arena.ofConfined()) {
      for (TensorSpec input : inputs) {
        fed.put(input.name(), toNative(input, feed, arena));
      }
      try (OrtSession.Result result = session.run(fed)) {
        Map<String, Tensor> values = new LinkedHashMap<>();
        for (Map.Entry<String, OnnxValue> entry : result) {
          String place = description + ", output '" + entry.getKey() + "'";
          values.put(entry.getKey(), OrtTensors.toTensor(place, entry.getValue()));
        }
        return values;
      } finally {
        fed.values().forEach(OnnxTensor::close);
      }
    } catch (OrtException cause) {
      throw OrtErrors.running(description, cause);
    }
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> feed, Set<String> observe) {
    Set<String> extra = new LinkedHashSet<>(observe);
    outputs.forEach(output -> extra.remove(output.name()));
    return extra.isEmpty() ? run(feed) : observer(extra).run(feed);
  }

  @Override
  public PreparedRun prepare(Map<String, Tensor> feed) {
    InputCheck.check(description, inputs, feed);
    return PinnedRun.of(description, session, inputs, outputs, feed);
  }

  @Override
  public void close() {
    synchronized (observers) {
      observers.values().forEach(InferenceSession::close);
      observers.clear();
    }
    try {
      session.close();
    } catch (OrtException cause) {
      throw OrtErrors.running(description, cause);
    }
  }

  private InferenceSession observer(Set<String> names) {
    synchronized (observers) {
      return observers.computeIfAbsent(
          Set.copyOf(names),
          ignored ->
              observing(
                  model.get(),
                  description,
                  new SessionOptions(
                      options.intraOpThreads(),
                      options.optimization(),
                      options.weights(),
                      Optional.empty()),
                  names));
    }
  }

  /// Opens a model that is too large for one message, or for two copies of it in memory, by way of
  /// files that are gone when this returns; ONNX Runtime maps the data it needs.
  private static InferenceSession openAsFile(
      Model model, String description, SessionOptions options) {
    try (TemporaryModel written = TemporaryModel.of(model)) {
      return open(
          description,
          options,
          settings -> OnnxRuntime.environment().createSession(written.file().toString(), settings),
          () -> model);
    }
  }

  private OnnxTensor toNative(TensorSpec input, Map<String, Tensor> feed, Arena arena)
      throws OrtException {
    Tensor tensor = feed.get(input.name());
    if (tensor == null) {
      throw new IllegalStateException("input '" + input.name() + "' was checked to be there");
    }
    String place = description + ", input '" + input.name() + "'";
    return OrtTensors.of(OnnxRuntime.environment(), place, tensor, arena);
  }

  private static InferenceSession open(
      String description, SessionOptions options, Opening opening, Supplier<Model> model) {
    try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions();
        OptimizedModelFile dump = OptimizedModelFile.of(options.optimizedModel())) {
      settings.setIntraOpNumThreads(options.intraOpThreads());
      settings.setInterOpNumThreads(1);
      settings.setOptimizationLevel(
          switch (options.optimization()) {
            case OFF -> OrtSession.SessionOptions.OptLevel.NO_OPT;
            case BASIC -> OrtSession.SessionOptions.OptLevel.BASIC_OPT;
            case EXTENDED -> OrtSession.SessionOptions.OptLevel.EXTENDED_OPT;
            case ALL -> OrtSession.SessionOptions.OptLevel.ALL_OPT;
          });
      if (options.weights() == SessionOptions.Weights.AS_STORED) {
        settings.addConfigEntry("session.disable_prepacking", "1");
      }
      // What it would log, it also throws; the exception is where it belongs.
      settings.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      dump.configure(settings);
      OrtSession session = opening.open(settings);
      try {
        dump.keep();
        return new InferenceSession(description, options, session, model);
      } catch (OrtException | RuntimeException cause) {
        session.close();
        throw cause;
      }
    } catch (OrtException cause) {
      throw OrtErrors.opening(description, cause);
    }
  }

  private static List<TensorSpec> specs(String description, Map<String, NodeInfo> nodes) {
    List<TensorSpec> specs = new ArrayList<>();
    nodes.values().forEach(node -> specs.add(OnnxRuntime.spec(description, node)));
    return List.copyOf(specs);
  }

  /// Creates the native session, once its settings are made.
  private interface Opening {
    OrtSession open(OrtSession.SessionOptions settings) throws OrtException;
  }
}
