package dev.octet.ir;

/// Format version and provenance of a model (`ModelProto`'s scalar fields).
///
/// @param irVersion version of the file format
/// @param producerName tool that wrote the model; may be empty
/// @param producerVersion version of that tool; may be empty
/// @param domain name space of the model itself, such as `com.example`; may be empty
/// @param modelVersion version of the model within its domain
public record ModelInfo(
    long irVersion, String producerName, String producerVersion, String domain, long modelVersion) {

  /// A model made by Octet, in the given format version.
  public static ModelInfo octet(long irVersion) {
    return new ModelInfo(irVersion, "octet", "0.1.0", "", 0);
  }
}
