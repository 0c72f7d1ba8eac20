package dev.octet.torch.graph;

import org.jspecify.annotations.Nullable;

/// Where a tensor was when the program was exported. Octet runs everything on the CPU.
///
/// @param type such as `cpu` or `cuda`
/// @param index which one of several; `null` when unstated
public record TorchDevice(String type, @Nullable Long index) {
  public static final TorchDevice CPU = new TorchDevice("cpu", null);

  @Override
  public String toString() {
    return index == null ? type : type + ":" + index;
  }
}
