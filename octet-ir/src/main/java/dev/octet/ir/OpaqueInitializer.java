package dev.octet.ir;

/// Constant data that Octet passes through without looking into it.
///
/// @param form what is encoded
/// @param encoded the message, its name left to the value
public record OpaqueInitializer(Form form, OpaqueFields encoded) {
  /// What kind of message holds the data.
  public enum Form {
    /// A `SparseTensorProto`.
    SPARSE,
    /// A `TensorProto` that holds one segment of its tensor.
    PARTIAL
  }
}
