package dev.octet.libtorch.exec;

import dev.octet.torch.graph.TorchDtype;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;

/// Operators that Python libraries register and libtorch lacks, composed of ATen operators.
final class Compositions {
  private Compositions() {}

  /// Arguments by name; an optional one that is not given is [TorchValue#none()].
  record Given(Map<String, TorchValue> values) {
    TorchValue get(String name) {
      return values.getOrDefault(name, TorchValue.none());
    }

    /// An element type; FLOAT32 when it is not given.
    TorchValue type(String name) {
      return get(name) instanceof TorchValue.None
          ? TorchValue.of((long) TorchDtype.FLOAT32.c10Number())
          : get(name);
    }
  }

  interface Composition {
    List<TorchValue> apply(Given given);
  }

  /// Binds arguments and keeps intermediate results from outliving the call.
  static Kernel composed(String parameters, Composition composition) {
    List<String> names = List.of(parameters.split(" "));
    return (positional, named) -> {
      Map<String, TorchValue> values = new HashMap<>(named);
      for (int i = 0; i < positional.size(); i++) {
        values.put(names.get(i), positional.get(i));
      }
      PointerScope outer = PointerScope.getInnerScope();
      try (PointerScope scope = new PointerScope()) {
        List<TorchValue> results = composition.apply(new Given(values));
        for (TorchValue result : results) {
          if (outer == null) {
            result.asTensor().retainReference();
          } else {
            outer.attach(result.asTensor());
          }
        }
        return results;
      }
    };
  }

  static TorchValue clamp(TorchValue value, TorchValue low, TorchValue high) {
    return aten("clamp", "", value, low, high);
  }

  /// Converts; a fresh handle even when the type is right already.
  static TorchValue to(TorchValue value, TorchValue type) {
    return aten("_to_copy", "", value, type);
  }

  /// The first result of an ATen operator.
  static TorchValue aten(String name, String overload, TorchValue... arguments) {
    return Operator.require("aten::" + name, overload).call(arguments).getFirst();
  }
}
