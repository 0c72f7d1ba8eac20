package dev.octet.ir;

import java.util.Arrays;

/// Fields of a file-format message that this IR does not interpret, kept in their encoded form so
/// that reading and writing loses nothing. Only [dev.octet.ir.io] makes and reads these.
public final class OpaqueFields {
  /// Nothing left over.
  public static final OpaqueFields NONE = new OpaqueFields(new byte[0]);

  private final byte[] encoded;

  private OpaqueFields(byte[] encoded) {
    this.encoded = encoded;
  }

  /// @param encoded protobuf-encoded fields of the message they were found in; copied
  public static OpaqueFields of(byte[] encoded) {
    return encoded.length == 0 ? NONE : new OpaqueFields(encoded.clone());
  }

  public boolean isEmpty() {
    return encoded.length == 0;
  }

  /// The encoded fields; a fresh copy.
  public byte[] encoded() {
    return encoded.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OpaqueFields fields && Arrays.equals(encoded, fields.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "OpaqueFields[" + encoded.length + " bytes]";
  }
}
