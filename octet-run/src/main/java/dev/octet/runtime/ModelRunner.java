package dev.octet.runtime;

import dev.octet.ir.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Something that runs a model: named tensors in, named tensors out. The aligner and the evaluator
/// know models only through this.
///
/// Safe to [#run] from several threads at once. What it owns is freed by [#close()].
public interface ModelRunner extends AutoCloseable {

  /// What is run, as the user would name it: usually the file.
  String description();

  /// Inputs a caller feeds, in the model's order.
  List<TensorSpec> inputs();

  /// Outputs a caller gets, in the model's order.
  List<TensorSpec> outputs();

  /// Runs the model.
  ///
  /// @param inputs one tensor for each of [#inputs()], by name
  /// @return one tensor for each of [#outputs()], by name, in the model's order
  /// @throws dev.octet.diagnostic.OctetException when an input is missing or of the wrong type or
  ///     shape (`BAD_INPUT`), or the run fails (`FAILURE`)
  Map<String, Tensor> run(Map<String, Tensor> inputs);

  /// Runs the model and also hands out values computed on the way.
  ///
  /// @param inputs one tensor for each of [#inputs()], by name
  /// @param observe names of values inside the model; outputs may be among them
  /// @return the outputs, then each observed value that is not an output, by name
  /// @throws dev.octet.diagnostic.OctetException as [#run(Map)], and when the model has no value of
  ///     such a name (`USAGE`)
  Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> observe);

  @Override
  void close();
}
