package dev.octet.ir.io;

/// Where [ModelWriter] puts the data of tensors.
public enum TensorPlacement {
  /// In the model file, unless that would exceed the 2 GiB a protobuf message may take; then as
  /// [#BESIDE_MODEL].
  IN_MODEL,
  /// Initializers of 1 KiB and more in one file beside the model, named after it with `.data`
  /// appended; each starts at a multiple of 4 KiB, so that runtimes can map it.
  BESIDE_MODEL
}
