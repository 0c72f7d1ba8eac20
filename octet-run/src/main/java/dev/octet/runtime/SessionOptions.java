package dev.octet.runtime;

import java.nio.file.Path;
import java.util.Optional;

/// How ONNX Runtime is to run a model.
///
/// @param intraOpThreads threads that share the work of one operator; at least 1
/// @param optimization how far ONNX Runtime may change the graph before running it
/// @param weights whether constants are copied into the layout their kernels like
/// @param optimizedModel where to write the graph as changed, for looking at; empty for nowhere
public record SessionOptions(
    int intraOpThreads, Optimization optimization, Weights weights, Optional<Path> optimizedModel) {

  /// What becomes of constants when a session opens.
  public enum Weights {
    /// Copied into the layout kernels are fastest on.
    PACKED,
    /// Left where they are: external data stays mapped, so that opening costs no memory.
    AS_STORED
  }

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
      new SessionOptions(1, Optimization.ALL, Weights.PACKED, Optional.empty());

  /// One thread, graph untouched: what values are observed with.
  public static final SessionOptions UNCHANGED =
      new SessionOptions(1, Optimization.OFF, Weights.PACKED, Optional.empty());

  /// What a model is opened with to see whether it opens: nothing is made ready to run.
  public static final SessionOptions ONLY_OPEN =
      new SessionOptions(1, Optimization.OFF, Weights.AS_STORED, Optional.empty());

  public SessionOptions {
    if (intraOpThreads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, not " + intraOpThreads);
    }
  }

  public SessionOptions withThreads(int threads) {
    return new SessionOptions(threads, optimization, weights, optimizedModel);
  }

  public SessionOptions withOptimization(Optimization level) {
    return new SessionOptions(intraOpThreads, level, weights, optimizedModel);
  }

  public SessionOptions withOptimizedModel(Path path) {
    return new SessionOptions(intraOpThreads, optimization, weights, Optional.of(path));
  }
}
