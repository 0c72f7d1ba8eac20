package dev.octet.runtime;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.Node;
import dev.octet.ir.io.ModelReader;
import dev.octet.plan.Places;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// ONNX Runtime's own graph optimizer, as the peer's preprocessing applies it: the graph it would
/// run, brought back as a model.
///
/// It imports eight opsets besides the model's, whether or not a node is of them; those no node
/// needs are taken out again.
public final class RuntimeOptimizer {
  private RuntimeOptimizer() {}

  /// A new model that computes the same; `model` is left alone.
  ///
  /// @param level `BASIC` keeps to standard operators; `EXTENDED` also fuses into operators of
  ///     `com.microsoft`; `ALL` gives a graph for this machine only and is refused
  /// @throws OctetException `BAD_INPUT` when ONNX Runtime does not take the model, `USAGE` for
  ///     another level
  public static Model optimize(Model model, SessionOptions.Optimization level) {
    if (level != SessionOptions.Optimization.BASIC
        && level != SessionOptions.Optimization.EXTENDED) {
      throw OctetException.usage(
          "not-portable",
          level.toString(),
          "is no level that gives a portable model",
          "use BASIC or EXTENDED");
    }
    Model optimized = optimized(model, level);
    tidy(optimized, model);
    return optimized;
  }

  /// Places of the values that are still there when ONNX Runtime runs `model` with all its
  /// optimizations on this machine. Under each of them is what was there before, so observing them
  /// keeps it from no rewrite.
  ///
  /// @throws OctetException `BAD_INPUT` when ONNX Runtime does not take the model
  public static Set<String> remainingValues(Model model) {
    return new LinkedHashSet<>(
        Places.of(optimized(model, SessionOptions.Optimization.ALL)).values().values());
  }

  private static Model optimized(Model model, SessionOptions.Optimization level) {
    try {
      Path folder = Files.createTempDirectory("octet-optimized");
      Path file = folder.resolve("optimized.onnx");
      try {
        SessionOptions options =
            SessionOptions.DEFAULT.withOptimization(level).withOptimizedModel(file);
        InferenceSession.open(model, "the model", options).close();
        return ModelReader.parse(Files.readAllBytes(file));
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(folder);
      }
    } catch (IOException cause) {
      throw OctetException.failure(
          "not-optimized",
          "ONNX Runtime",
          "its optimized graph cannot be written or read: " + cause.getMessage(),
          "check the free space of the temporary folder",
          cause);
    }
  }

  private static void tidy(Model optimized, Model original) {
    Set<String> needed = new LinkedHashSet<>(original.opsets().keySet());
    addDomains(optimized.graph(), needed);
    ModelInfo info = original.info();
    optimized.edit(
        editor -> {
          for (String domain : List.copyOf(optimized.opsets().keySet())) {
            if (!needed.contains(domain)) {
              editor.removeOpset(domain);
            }
          }
          editor.setInfo(
              new ModelInfo(
                  Math.max(info.irVersion(), optimized.info().irVersion()),
                  info.producerName(),
                  info.producerVersion(),
                  info.domain(),
                  info.modelVersion()));
        });
  }

  private static void addDomains(Graph graph, Set<String> domains) {
    for (Node node : graph.nodes()) {
      domains.add(node.domain());
      node.subgraphs().forEach(subgraph -> addDomains(subgraph, domains));
    }
  }
}
