package dev.octet.torch.export;

import java.util.Set;

/// Translates the calls of one operator family.
interface AtenTranslator {

  /// The operators covered, without overload, such as `aten.conv1d`.
  Set<String> operators();

  /// Adds the ONNX nodes that compute what `call` computes.
  ///
  /// @throws UnsupportedArgument when an argument has a form that cannot be expressed; the exporter
  ///     reports it as [Translation.Unsupported]
  Translation translate(Call call, OnnxNodes onnx);
}
