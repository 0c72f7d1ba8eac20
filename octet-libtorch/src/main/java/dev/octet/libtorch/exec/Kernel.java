package dev.octet.libtorch.exec;

import java.util.List;
import java.util.Map;

/// What a node does: arguments in, results out.
@FunctionalInterface
interface Kernel {
  /// Calls with positional arguments first and the others by schema name.
  ///
  /// @return fresh values: a result never is the same Java object as an argument's tensor
  List<TorchValue> call(List<TorchValue> positional, Map<String, TorchValue> named);
}
