package dev.octet.runtime;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// A copy of a model whose inner values are outputs.
final class ObservedModel {
  private ObservedModel() {}

  /// Adds outputs by name only: ONNX Runtime infers their types, so none need be known here.
  static Model of(Model model, String description, Collection<String> observe) {
    Model copy = model.copy();
    Map<String, Value> values = new LinkedHashMap<>();
    copy.graph().values().forEach(value -> values.putIfAbsent(value.name(), value));
    List<String> missing = observe.stream().filter(name -> !values.containsKey(name)).toList();
    if (!missing.isEmpty()) {
      throw OctetException.usage(
          "value-unknown",
          description,
          "has no value " + String.join(", ", missing.stream().map(n -> "'" + n + "'").toList()),
          "values inside subgraphs cannot be observed; inspect lists the names");
    }
    copy.edit(
        editor -> {
          for (String name : new LinkedHashSet<>(observe)) {
            Value value = values.get(name);
            if (value != null && !copy.graph().outputs().contains(value)) {
              if (value.producer().isPresent() && value.initializer().isEmpty()) {
                editor.setType(value, null);
              }
              editor.addOutput(copy.graph(), value);
            }
          }
        });
    return copy;
  }
}
