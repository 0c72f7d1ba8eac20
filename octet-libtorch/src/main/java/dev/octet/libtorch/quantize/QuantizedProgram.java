package dev.octet.libtorch.quantize;

import dev.octet.numeric.QuantParams;
import dev.octet.torch.graph.ExportedProgram;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A quantized program and what was decided for it.
///
/// @param program runs in PyTorch and exports to ONNX like any other
/// @param activations grid of each quantized value, by the first value of those that share it
/// @param weights grid of each weight, by its name in the state
/// @param kept nodes that could have been quantized but stay in float
public record QuantizedProgram(
    ExportedProgram program,
    Map<String, QuantParams> activations,
    Map<String, QuantParams> weights,
    List<Kept> kept) {
  public QuantizedProgram {
    activations = Collections.unmodifiableMap(new LinkedHashMap<>(activations));
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    kept = List.copyOf(kept);
  }

  /// A node left in float.
  ///
  /// @param node its name
  /// @param reason why, as one clause
  public record Kept(String node, String reason) {}
}
