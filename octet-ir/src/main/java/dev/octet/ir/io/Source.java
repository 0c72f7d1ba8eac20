package dev.octet.ir.io;

import dev.octet.diagnostic.OctetException;
import org.jspecify.annotations.Nullable;

/// What is being read, for messages.
///
/// @param name the file as the user named it, or what stands for it
record Source(String name) {
  /// A complaint about the whole.
  OctetException bad(String code, String message, String hint) {
    return OctetException.badInput(code, name, message, hint);
  }

  /// A complaint about a part.
  ///
  /// @param part node, tensor or value concerned, such as `node Conv 'stem'`
  OctetException badPart(String code, String part, String message, String hint) {
    return OctetException.badInput(code, name + ": " + part, message, hint);
  }

  OctetException bad(String code, String message, String hint, @Nullable Throwable cause) {
    return OctetException.badInput(code, name, message, hint, cause);
  }
}
