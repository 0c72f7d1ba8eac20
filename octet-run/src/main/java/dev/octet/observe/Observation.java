package dev.octet.observe;

import dev.octet.ir.Tensor;
import dev.octet.runtime.ModelRunner;
import java.util.Map;

/// A model opened to look at some of its values.
public interface Observation extends AutoCloseable {

  /// What runs the model, for what it is called and takes.
  ModelRunner runner();

  /// Runs the model and writes down what the values hold.
  ///
  /// @param inputs one tensor for each input, by name
  /// @param mostBytes kept of each value
  /// @return one for each value, by name
  /// @throws dev.octet.diagnostic.OctetException as [ModelRunner#run(Map)]
  Map<String, Recording> run(Map<String, Tensor> inputs, long mostBytes);

  @Override
  void close();
}
