package dev.octet.torch.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One entry of the module tree as the exporter kept it.
///
/// @param fqn path of the module; empty for the root
/// @param signature how it is called; `null` for all but the root, usually
public record ModuleCall(String fqn, @Nullable Signature signature) {

  /// How a module is called.
  ///
  /// @param inputs graph values of its inputs; empty for the root
  /// @param outputs graph values of its results; empty for the root
  /// @param inSpec structure of `(args, kwargs)` as JSON text
  /// @param outSpec structure of the result as JSON text
  /// @param forwardArgNames parameter names of `forward`; `null` when unrecorded
  public record Signature(
      List<AtenArgument> inputs,
      List<AtenArgument> outputs,
      String inSpec,
      String outSpec,
      @Nullable List<String> forwardArgNames) {
    public Signature {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
      forwardArgNames = forwardArgNames == null ? null : List.copyOf(forwardArgNames);
    }
  }
}
