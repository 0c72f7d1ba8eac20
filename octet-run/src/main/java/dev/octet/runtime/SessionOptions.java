package dev.octet.runtime;

import java.nio.file.Path;
import java.util.Optional;

/// How ONNX Runtime is to run a model.
///
/// @param intraOpThreads threads that share the work of one operator; at least 1
/// @param optimization how far ONNX Runtime may change the graph before running it
/// @param optimizedModel where to write the graph as changed, for looking at; empty for nowhere
public record SessionOptions(
    int intraOpThreads, Optimization optimization, Optional<Path> optimizedModel) {

  /// How far ONNX Runtime may change a graph.
  public enum Optimization {
    /// Not at all: every node runs as the file says, so every value can be observed.
    OFF,
    /// Folding and eliminations that keep to standard operators.
    BASIC,
    /// Fusions into operators of `com.microsoft` too, still independent of the machine.
    EXTENDED,
    /// Everything, fused and integer kernels too. What users run.
    ALL
  }

  /// One thread, all optimizations: what latency is measured with.
  public static final SessionOptions DEFAULT =
      new SessionOptions(1, Optimization.ALL, Optional.empty());

  /// One thread, graph untouched: what values are observed with.
  public static final SessionOptions UNCHANGED =
      new SessionOptions(1, Optimization.OFF, Optional.empty());

  public SessionOptions {
    if (intraOpThreads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, not " + intraOpThreads);
    }
  }

  public SessionOptions withThreads(int threads) {
    return new SessionOptions(threads, optimization, optimizedModel);
  }

  public SessionOptions withOptimization(Optimization level) {
    return new SessionOptions(intraOpThreads, level, optimizedModel);
  }

  public SessionOptions withOptimizedModel(Path path) {
    return new SessionOptions(intraOpThreads, optimization, Optional.of(path));
  }
}
