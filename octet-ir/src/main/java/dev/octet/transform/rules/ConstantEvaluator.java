package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Computes one family of cheap operators on constants, exactly as ONNX defines them. Stateless.
interface ConstantEvaluator {

  /// Operators of the family, all of the default domain.
  List<String> operators();

  /// The node's first output.
  ///
  /// @param node the node, whose output states type and static shape
  /// @param inputs its inputs' data; `null` where one is left out
  /// @param dims the output's dimensions
  /// @return empty for element types or attributes not covered
  Optional<DenseTensor> evaluate(Node node, List<@Nullable DenseTensor> inputs, long[] dims);
}
