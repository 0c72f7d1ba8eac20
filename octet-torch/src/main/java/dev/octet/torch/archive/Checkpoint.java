package dev.octet.torch.archive;

import dev.octet.torch.graph.TorchTensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Tensors by name, without a program: what a `.pth` or safetensors file holds.
///
/// @param tensors by name, in the order of the file; names of nested dictionaries are joined by
/// dots
/// @param leftOut what the file holds besides and Octet does not read, one clause each
public record Checkpoint(Map<String, TorchTensor> tensors, List<String> leftOut) {
  public Checkpoint {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    leftOut = List.copyOf(leftOut);
  }
}
