package dev.octet.flow;

import dev.octet.diagnostic.OctetException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// Which file a model was made from, told by the model itself, so that two can be compared without
/// being told how they belong together.
final class Lineage {
  /// Key of the source's fingerprint: a metadata entry of an ONNX model, an extra file of a
  /// program.
  static final String SOURCE = "octet.source";

  /// Key of the processor a model was quantized for.
  static final String TARGET = "octet.target";

  private static final int DIGITS = 16;

  private Lineage() {}

  /// The first 16 hexadecimal digits of the SHA-256 of a file's bytes.
  static String fingerprint(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (DigestInputStream digested = new DigestInputStream(in, digest)) {
        digested.transferTo(java.io.OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    } catch (IOException e) {
      throw OctetException.badInput("unreadable", file.toString(), "cannot be read", "", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// The fingerprint of what `model` was made from, if it says so.
  static Optional<String> source(ModelFile model) {
    return model.note(SOURCE).map(String::strip);
  }
}
