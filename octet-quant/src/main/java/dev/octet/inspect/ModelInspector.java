package dev.octet.inspect;

import dev.octet.ir.Model;

/// Takes stock of a model.
public final class ModelInspector {
  private ModelInspector() {}

  /// Everything but the values.
  public static ModelContents inspect(Model model) {
    return new Inventory(model).contents();
  }

  /// One tensor by name.
  ///
  /// @throws dev.octet.diagnostic.OctetException (USAGE) when the model has no such tensor, with
  ///     near matches
  public static TensorDetail tensor(Model model, String name) {
    return TensorInspector.inspect(model, name);
  }
}
