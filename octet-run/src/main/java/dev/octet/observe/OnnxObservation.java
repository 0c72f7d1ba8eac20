package dev.octet.observe;

import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.SessionOptions;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An ONNX model run by ONNX Runtime, its branches and bodies by themselves.
public final class OnnxObservation implements Observation {
  private final List<String> values;
  private final ObservedGraph graph;
  private final ModelRunner runner;

  private OnnxObservation(List<String> values, ObservedGraph graph, ModelRunner runner) {
    this.values = values;
    this.graph = graph;
    this.runner = runner;
  }

  /// Opens a model.
  ///
  /// @param description what messages call it
  /// @param values by their places; see [dev.octet.plan.Places]
  public static OnnxObservation of(
      Model model, String description, SessionOptions options, Collection<String> values) {
    Map<String, String> wanted = new LinkedHashMap<>();
    values.forEach(place -> wanted.put(place, place));
    ObservedGraph graph = ObservedGraph.main(model, description, options, wanted);
    return new OnnxObservation(List.copyOf(values), graph, graph.open(Map.of()));
  }

  @Override
  public ModelRunner runner() {
    return runner;
  }

  @Override
  public Map<String, Recording> run(Map<String, Tensor> inputs, long mostBytes) {
    Recorder recorder = new Recorder(mostBytes);
    graph.run(inputs, List.of(), recorder);
    return recorder.recordings(values);
  }

  @Override
  public void close() {
    graph.close();
  }
}
