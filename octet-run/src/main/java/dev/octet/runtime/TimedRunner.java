package dev.octet.runtime;

import dev.octet.ir.Tensor;
import java.util.Map;

/// A runner whose speed means something: it can run with everything but the model's own work taken
/// out. Only such runners have a latency.
public interface TimedRunner extends ModelRunner {

  /// Sets up a run on these inputs.
  ///
  /// @param inputs one tensor for each of [#inputs()], by name; copied
  PreparedRun prepare(Map<String, Tensor> inputs);
}
