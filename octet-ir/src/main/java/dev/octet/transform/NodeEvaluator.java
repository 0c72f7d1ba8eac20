package dev.octet.transform;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Computes single nodes on constants, for operators that have no evaluator in Java: typically by
/// running them in ONNX Runtime.
@FunctionalInterface
public interface NodeEvaluator {
  /// Computes nothing.
  NodeEvaluator NONE = (node, inputs) -> Optional.empty();

  /// What a node of the default domain computes.
  ///
  /// @param node without subgraphs; read for its operator, attributes and model
  /// @param inputs data of its inputs; `null` where one is left out
  /// @return data of all outputs in order, `null` where one is left out; empty when it cannot be
  ///     computed
  Optional<List<@Nullable DenseTensor>> evaluate(Node node, List<@Nullable DenseTensor> inputs);
}
