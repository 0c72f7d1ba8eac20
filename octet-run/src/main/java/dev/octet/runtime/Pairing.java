package dev.octet.runtime;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Tensor;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which inputs or outputs of two models mean the same: those of the same name where both models
/// use the same names, else those at the same position.
///
/// @param names name in the first model to name in the second, in the first model's order
public record Pairing(Map<String, String> names) {
  public Pairing {
    names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
  }

  /// Pairs the inputs of two models.
  ///
  /// @throws OctetException `USAGE` when they have not as many
  public static Pairing ofInputs(ModelRunner first, ModelRunner second) {
    return of("input", first, first.inputs(), second, second.inputs());
  }

  /// Pairs the outputs of two models.
  ///
  /// @throws OctetException `USAGE` when they have not as many
  public static Pairing ofOutputs(ModelRunner first, ModelRunner second) {
    return of("output", first, first.outputs(), second, second.outputs());
  }

  /// The first model's tensors under the second model's names; other tensors keep theirs.
  public Map<String, Tensor> rename(Map<String, Tensor> tensors) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> renamed.put(names.getOrDefault(name, name), tensor));
    return renamed;
  }

  private static Pairing of(
      String role,
      ModelRunner first,
      List<TensorSpec> ours,
      ModelRunner second,
      List<TensorSpec> theirs) {
    if (ours.size() != theirs.size()) {
      throw OctetException.usage(
          role + "-count",
          second.description(),
          "has "
              + theirs.size()
              + " "
              + role
              + "s "
              + theirs
              + "; "
              + first.description()
              + " has "
              + ours.size()
              + ": "
              + ours,
          "models to compare need as many of both");
    }
    List<String> names = ours.stream().map(TensorSpec::name).toList();
    List<String> otherNames = theirs.stream().map(TensorSpec::name).toList();
    boolean same = new HashSet<>(names).equals(new HashSet<>(otherNames));
    Map<String, String> pairs = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      pairs.put(names.get(i), same ? names.get(i) : otherNames.get(i));
    }
    return new Pairing(pairs);
  }
}
