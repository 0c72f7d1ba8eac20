package dev.octet.runtime;

import dev.octet.ir.Tensor;
import java.util.Map;

/// A run whose input and output buffers are set up once, so that repeating it costs the model's own
/// time only. For one thread at a time.
public interface PreparedRun extends AutoCloseable {

  /// Replaces some or all of the inputs.
  ///
  /// @param inputs tensors of the same types and shapes as prepared for, by name; copied
  /// @throws dev.octet.diagnostic.OctetException `BAD_INPUT` when a type or shape differs
  void load(Map<String, Tensor> inputs);

  /// Runs the model on the inputs as they are now.
  ///
  /// @throws dev.octet.diagnostic.OctetException when the run fails
  void run();

  /// What the last [#run()] computed, by name. The tensors are views of the buffers: the next run
  /// overwrites them, and [#close()] ends them.
  Map<String, Tensor> outputs();

  @Override
  void close();
}
