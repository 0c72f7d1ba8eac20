package dev.octet.align.layers;

import dev.octet.ir.Model;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.SessionOptions;
import java.util.Collection;

/// A model whose inner values can be looked at, a few at a time.
@FunctionalInterface
public interface Observable {

  /// Opens the model so that these values can be observed cheaply; the caller closes it.
  ///
  /// @param values names of values inside the model
  ModelRunner open(Collection<String> values);

  /// An ONNX model, run as `options` say.
  ///
  /// @param description what messages call it
  static Observable of(Model model, String description, SessionOptions options) {
    return values -> InferenceSession.observing(model, description, options, values);
  }
}
