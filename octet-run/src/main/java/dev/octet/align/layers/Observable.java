package dev.octet.align.layers;

import dev.octet.ir.Model;
import dev.octet.observe.Observation;
import dev.octet.observe.OnnxObservation;
import dev.octet.runtime.SessionOptions;
import java.util.Collection;

/// A model whose inner values can be looked at, a few at a time.
@FunctionalInterface
public interface Observable {

  /// Opens the model so that these values can be observed cheaply; the caller closes it.
  ///
  /// @param values names of values inside the model
  Observation open(Collection<String> values);

  /// An ONNX model, run as `options` say. Its values are called by their places.
  ///
  /// @param description what messages call it
  static Observable of(Model model, String description, SessionOptions options) {
    return values -> OnnxObservation.of(model, description, options, values);
  }
}
